/** What a person waits for: from the address to the rows of the list on the screen, in a browser that has never been there. */
import { type Browser, chromium } from 'playwright-core'
import { type Measured, summary } from '../support/measure.ts'

/** Of the browser on this machine; undefined where there is none, and that is said. */
export async function drawnViews(program: string | undefined, url: string, runs: number): Promise<readonly Measured[] | undefined> {
  if (program === undefined) {
    process.stderr.write('bench serve: no chromium on PATH, so the first view is not measured (Debian: apt-get install chromium)\n')
    return undefined
  }
  // Its own sandbox needs rights that root in a container does not have; it sees our pages only.
  const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  try {
    const drawn: Record<keyof Drawn, number>[] = []
    for (let i = 0; i < runs; i++) drawn.push(await draw(browser, url))
    return [
      summary(
        'first view: something on the screen',
        'ms',
        drawn.map(({ something }) => something),
      ),
      summary(
        'first view: the newest runs on the screen',
        'ms',
        drawn.map(({ rows }) => rows),
      ),
    ]
  } finally {
    await browser.close()
  }
}

interface Drawn {
  readonly something: number
  readonly rows: number
}

async function draw(browser: Browser, url: string): Promise<Drawn> {
  // Without anything that an earlier one has kept.
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  try {
    const page = await context.newPage()
    // In its own time, from the moment when the address was entered; two frames later the rows are drawn.
    await page.addInitScript(`globalThis.rowsDrawn = new Promise((resolve) => {
      const look = () => document.querySelector('.runs .run-link') === null
        ? requestAnimationFrame(look)
        : requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())))
      requestAnimationFrame(look)
    })`)
    await page.goto(url)
    const rows = (await page.evaluate('globalThis.rowsDrawn')) as number
    const something = (await page.evaluate(`performance.getEntriesByName('first-contentful-paint')[0].startTime`)) as number
    return { something, rows }
  } finally {
    await context.close()
  }
}
