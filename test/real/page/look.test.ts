/** Every page of runs that have all there is to show, in light and dark, looked over by axe; pictures of them for the documentation. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumProgram, keepPicture, openPage, seriousFlaws, startBrowser } from './browser.ts'
import { type PageWorld, pageWorld } from './page-world.ts'
import { asks, broken, reports, shop } from './pipelines.ts'

describe('the pages', chromiumProgram.options, () => {
  let world: PageWorld
  let browser: Browser
  let runs: Readonly<Record<'shop' | 'broken' | 'reports', string>>
  beforeAll(async () => {
    const files = { 'shop.yaml': shop, 'broken.yaml': broken, 'reports.yaml': reports, 'asks.yaml': asks, 'wrong.yaml': 'pipeline:\n  nam: wrong\n' }
    ;[world, browser] = await Promise.all([pageWorld(files), startBrowser()])
    await world.slipway('run', 'broken.yaml', '--on', 'fake', '--quiet')
    await world.slipway('run', 'broken.yaml', '--on', 'fake', '--quiet', '--var', 'FAKE.apply.EXIT=0')
    await world.slipway('run', 'reports.yaml', '--quiet')
    await world.slipway('run', 'shop.yaml', '--on', 'fake', '--quiet')
    runs = { shop: await world.newest('shop'), broken: await world.newest('broken'), reports: await world.newest('reports') }
  })
  afterAll(async () => {
    await browser?.close()
    await world?.stop()
  })

  /** In both themes nothing serious is found; nothing fails, and nobody else is asked. */
  async function looksGood(path: string, name: string, ready: (page: Page) => Promise<unknown>): Promise<Page> {
    let last: Page | undefined
    for (const colorScheme of ['dark', 'light'] as const) {
      const { page, complaints } = await openPage(browser, `${world.url}${path}`, { colorScheme })
      await ready(page)
      expect(await page.locator('html').getAttribute('data-theme')).toBe(colorScheme)
      expect(await seriousFlaws(page)).toEqual([])
      expect(complaints).toEqual([])
      if (colorScheme === 'light') await keepPicture(page, name)
      last = page
    }
    if (last === undefined) throw new Error('no page')
    return last
  }

  it('of runs: found by text and status, compared', async () => {
    const page = await looksGood('/runs', 'runs', (one) => one.getByText('shop').first().waitFor())
    expect(await page.locator('.run-name').allTextContents()).toEqual(['shop #1', 'reports #1', 'broken #2', 'broken #1'])
    await page.getByRole('searchbox').fill('brok')
    await expect.poll(() => page.locator('.run-name').allTextContents()).toEqual(['broken #2', 'broken #1'])
    await page.getByRole('combobox', { name: 'Status' }).selectOption('failed')
    await expect.poll(() => page.locator('.run-name').allTextContents()).toEqual(['broken #1'])
    expect(new URL(page.url()).search).toBe('?text=brok&status=failed')
    await page.getByRole('searchbox').fill('nothing like this')
    await page.getByText('No run is like that').waitFor()
    await page.getByRole('link', { name: 'Show all runs' }).click()
    await page.getByRole('checkbox', { name: 'Compare run broken #2' }).check()
    await page.getByRole('checkbox', { name: 'Compare run broken #1' }).check()
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.getByRole('heading', { name: 'Two runs' }).waitFor()
    const apply = page.getByRole('row', { name: /apply/ })
    await apply.waitFor()
    expect(await apply.locator('.mark').evaluateAll((all) => all.map((mark) => mark.getAttribute('title')))).toEqual(['Failed', 'Passed'])
    expect(await seriousFlaws(page)).toEqual([])
    await keepPicture(page, 'compare')
  })

  it('of pipelines, with what is wrong with their files', async () => {
    const page = await looksGood('/pipelines', 'pipelines', (one) => one.getByText('shop.yaml').waitFor())
    await page.locator('.pipeline', { hasText: 'wrong.yaml' }).locator('.note').first().waitFor()
    expect(await page.getByRole('link', { name: 'Run shop' }).count()).toBe(1)
    expect(await page.getByRole('link', { name: 'Run wrong.yaml' }).count()).toBe(0)
  })

  it('of the form that starts one: what may be said, and which secrets are missing', async () => {
    const page = await looksGood('/pipelines', 'pipelines', (one) => one.getByRole('link', { name: 'Run asks' }).waitFor())
    await page.getByRole('link', { name: 'Run asks' }).click()
    await page.getByText('slipway secret set nobody_has_it').waitFor()
    expect(await page.getByLabel(/LEVEL/).locator('option').allTextContents()).toEqual(['debug', 'info'])
    expect(await seriousFlaws(page)).toEqual([])
    await keepPicture(page, 'start')
  })

  it('of a run: its list of steps, and what one was given, gives and why', async () => {
    const page = await looksGood(`/runs/${runs.shop}?step=build%2Fimage`, 'run', (one) =>
      one
        .getByText(/lines?$/)
        .first()
        .waitFor(),
    )
    expect(await page.locator('.outline .name').allTextContents()).toEqual(
      expect.arrayContaining(['test', 'unit', 'lint', 'compile', 'linux, amd64', 'pack', 'sign', 'notes', 'image', 'scan', 'release', 'rollback']),
    )
    await page.getByRole('button', { name: 'Inputs and outputs' }).click()
    await page.getByText('Why this tool and engine').waitFor()
    expect(await page.locator('.why').textContent()).toMatch(/tool \w+.*engine embedded/)
    expect(await page.locator('.values', { hasText: 'digest' }).first().textContent()).toContain('sha256:')
    expect(await page.locator('.image-card').textContent()).toContain('acme/shop:latest')
    expect(await seriousFlaws(page)).toEqual([])
    await keepPicture(page, 'step')
  })

  it('of a run that failed begins where it failed', async () => {
    await world.slipway('run', 'broken.yaml', '--on', 'fake', '--quiet')
    const { page } = await openPage(browser, `${world.url}/runs/${await world.newest('broken')}`)
    await page.getByRole('heading', { name: 'apply' }).waitFor()
    await page.getByText('Ended with exit code 3.').waitFor()
    await page.locator('.line.err', { hasText: 'no such host' }).waitFor()
  })

  it('of the graph: stages, groups, loops and what was skipped, each as what it is', async () => {
    const page = await looksGood(`/runs/${runs.shop}`, 'list', (one) => one.locator('.outline').waitFor())
    await page.getByRole('button', { name: 'Graph' }).click()
    const node = (key: string) => page.locator(`[data-key="${key}"]`)
    await node('build/image').waitFor()
    expect(await page.locator('.node.is-stage .name').allTextContents()).toEqual(['test', 'lint', 'build', 'release', 'rollback'])
    expect(await node('build/pack').locator('.mark').getAttribute('title')).toBe('Passed')
    expect(await node('build/compile').textContent()).toContain('loop')
    expect(await node('rollback/undo').locator('.mark').getAttribute('title')).toBe('Skipped')
    expect(await seriousFlaws(page)).toEqual([])
    await keepPicture(page, 'graph')
    await page.keyboard.press('t')
    await keepPicture(page, 'graph-dark')
    await page.keyboard.press('t')
    await node('build').click()
    await node('build/image').waitFor({ state: 'detached' })
    expect(await node('build').textContent()).toContain('7 passed')
    await page.getByRole('button', { name: 'Unfold all' }).click()
    await node('build/image').click()
    await page.getByRole('heading', { name: 'image' }).waitFor()
    await page.getByRole('button', { name: 'Close the step' }).click()
    expect(await page.getByRole('heading', { name: 'image' }).count()).toBe(0)
  })

  it('of times, artifacts, scans, tests and what a run is made of', async () => {
    const timeline = await looksGood(`/runs/${runs.shop}/timeline`, 'timeline', (one) => one.locator('.lane').first().waitFor())
    expect(await timeline.locator('.timeline li', { hasText: 'unit' }).locator('.duration').textContent()).toBe('48s')
    const artifacts = await looksGood(`/runs/${runs.shop}/artifacts`, 'artifacts', (one) => one.locator('.image-card').waitFor())
    expect(await artifacts.locator('.digest').getAttribute('title')).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(await artifacts.locator('.registry').textContent()).toMatch(/docker\.io.*acme\/shop:1.*acme\/shop:latest/)
    expect(await artifacts.locator('.registry a').first().getAttribute('href')).toMatch(/^https:\/\/hub\.docker\.com\//)
    const scan = await looksGood(`/runs/${runs.shop}/scan`, 'scan', (one) => one.getByText('FAKE-CRITICAL-1').waitFor())
    await scan.getByRole('button', { name: '3 high' }).click()
    expect(await scan.locator('.findings tbody tr').count()).toBe(3)
    const tests = await looksGood(`/runs/${runs.reports}/tests`, 'tests', (one) => one.getByText('expected 1 to be 0').waitFor())
    await tests.getByText('removes').click()
    await tests.getByText('cart.test.ts:12 <b>not bold</b>').waitFor()
    const about = await looksGood(`/runs/${runs.shop}/about`, 'about', (one) => one.getByText('The run', { exact: true }).waitFor())
    await about.getByText(`slipway runs show ${runs.shop}`).waitFor()
  })

  it('that have nothing to show name the next command', async () => {
    for (const [tab, command] of [
      ['artifacts', 'slipway init'],
      ['tests', 'reports:'],
      ['scan', 'slipway scan'],
    ] as const) {
      const { page } = await openPage(browser, `${world.url}/runs/${runs.broken}/${tab}`)
      await page.locator('.empty', { hasText: command }).waitFor()
    }
    const { page } = await openPage(browser, `${world.url}/runs/nosuchrun`)
    await page.getByRole('alert').waitFor()
    await page.goto(`${world.url}/no/such`)
    await page.getByText('There is no such page').waitFor()
    const empty = await pageWorld({})
    const other = await openPage(browser, `${empty.url}/runs`)
    await other.page.getByText('slipway run pipeline.yaml').waitFor()
    await other.page.goto(`${empty.url}/pipelines`)
    await other.page.getByText('slipway serve pipeline.yaml').waitFor()
    await empty.stop()
  })
})
