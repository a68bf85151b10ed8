/** Debian's Chromium with pages that complain of every error; what axe finds on them; screenshots for the documentation. */

import { join } from 'node:path'
import process from 'node:process'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { root } from '../../../tools/support/root.ts'
import { real } from '../../support/real.ts'

export const chromiumProgram = real('chromium', { apt: 'chromium' })

export async function startBrowser(): Promise<Browser> {
  // Its own sandbox needs rights that root in a container does not have; it sees our pages only.
  return chromium.launch({ executablePath: chromiumProgram.path, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

export interface Opened {
  readonly page: Page
  /** Errors of scripts and of the console, and requests to anybody else. */
  readonly complaints: readonly string[]
}

export async function openPage(browser: Browser, url: string, o: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', locale: 'en-US', ...o })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)))
  page.on('console', (message) => {
    // A server that is gone is told of by the browser too; that is meant to happen. Networks of this machine come and go beside the test.
    if (
      message.type() === 'error' &&
      !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_NETWORK_CHANGED/.test(message.text())
    )
      complaints.push(`${message.text()} ${message.location().url}`)
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(url).origin)) complaints.push(`asks ${request.url()}`)
  })
  await page.goto(url)
  return { page, complaints }
}

/** What axe finds that is serious or worse: `rule: element`. */
export async function seriousFlaws(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    interface Found {
      readonly violations: readonly {
        readonly id: string
        readonly impact: string
        readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
      }[]
    }
    const { axe: tool } = globalThis as unknown as { readonly axe: { run(where: unknown): Promise<Found> } }
    const { violations } = await tool.run((globalThis as unknown as { readonly document: unknown }).document)
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`))
  })
}

/** Written to docs/screenshots when SLIPWAY_SCREENSHOTS=1. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  if (process.env['SLIPWAY_SCREENSHOTS'] !== '1') return
  await page.screenshot({ path: join(root, 'docs', 'screenshots', `${name}.png`), animations: 'disabled' })
}
