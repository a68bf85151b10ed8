/** A run on this machine, watched from its start: what a page shows that was there, and one that was loaded in the middle, is the same. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumProgram, openPage, startBrowser } from './browser.ts'
import { type PageWorld, pageWorld } from './page-world.ts'
import { slow } from './pipelines.ts'

const poll = { timeout: 30_000, interval: 100 }

describe('a run under way', chromiumProgram.options, () => {
  let world: PageWorld
  let browser: Browser
  beforeAll(async () => {
    ;[world, browser] = await Promise.all([pageWorld({ 'slow.yaml': slow }), startBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await world?.stop()
  })

  /** Names and statuses of the steps, and the lines of the log that is open. */
  async function shown(page: Page): Promise<object> {
    const rows = await page
      .locator('.outline .row')
      .evaluateAll((all) => all.map((row) => `${row.querySelector('.mark')?.getAttribute('title')} ${row.querySelector('.name')?.textContent}`))
    const status = await page.locator('.run-title .badge').first().textContent()
    return { rows, status, first: await page.locator('.line').first().textContent() }
  }

  it('is the same for who watched from the start, who loads in the middle, and who lost the connection', async () => {
    const go = world.project.path('go')
    const { run } = await world.begin('run', 'slow.yaml', '--var', `go=${go}`, '--output', 'plain')
    const { page, complaints } = await openPage(browser, `${world.url}/runs`)
    await page.getByRole('link', { name: /slow/ }).click()
    await expect.poll(() => page.url()).toContain(run)
    const held = page.locator('.outline').getByRole('link', { name: /held/ })
    await expect.poll(() => held.textContent(), poll).toContain('Running')
    await held.click()
    await page.getByText('waiting').first().waitFor()

    const later = await openPage(browser, page.url())
    await later.page.getByText('waiting').first().waitFor()
    expect(await shown(later.page)).toEqual(await shown(page))
    await page.reload()
    await page.getByText('waiting').first().waitFor()
    expect(await shown(page)).toEqual(await shown(later.page))

    await world.stopServer()
    await page.getByText('Connection lost').waitFor()
    await world.startServer()
    await expect.poll(() => page.getByText('Connection lost').count(), poll).toBe(0)

    world.project.write({ go: '' })
    await expect.poll(() => page.locator('.run-title .badge').first().textContent(), poll).toBe('Passed')
    await page.getByText('held no more').waitFor()
    await expect.poll(() => later.page.locator('.run-title .badge').first().textContent(), poll).toBe('Passed')
    await later.page.getByText('held no more').waitFor()
    const end = await shown(page)
    expect(end).toMatchObject({ rows: ['Passed work', 'Passed first', 'Passed held', 'Passed last'] })
    expect(await shown(later.page)).toEqual(end)
    const fresh = await openPage(browser, page.url())
    await fresh.page.getByText('waiting').first().waitFor()
    expect(await shown(fresh.page)).toEqual(end)
    expect([...complaints, ...later.complaints, ...fresh.complaints]).toEqual([])
  })

  it('is followed as it prints, until somebody scrolls up', async () => {
    const go = world.project.path('go-on')
    const { run } = await world.begin('run', 'slow.yaml', '--var', `go=${go}`, '--output', 'plain')
    const { page } = await openPage(browser, `${world.url}/runs/${run}?step=work%2Fheld`)
    const follow = page.getByRole('button', { name: 'Follow' })
    await expect.poll(() => follow.getAttribute('aria-pressed'), poll).toBe('true')
    const distance = () => page.locator('.log-scroll').evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop)
    await expect.poll(() => page.locator('.log-scroll').evaluate((box) => box.scrollHeight > box.clientHeight + 100), poll).toBe(true)
    await expect.poll(distance, poll).toBeLessThan(25)
    await page.locator('.log-scroll').evaluate((box) => {
      box.scrollTop = 0
    })
    await expect.poll(() => follow.getAttribute('aria-pressed')).toBe('false')
    await page.keyboard.press('f')
    await expect.poll(distance).toBeLessThan(25)
    world.project.write({ 'go-on': '' })
    await page.getByText('held no more').waitFor()
    await expect.poll(() => page.locator('.run-title .badge').first().textContent(), poll).toBe('Passed')
  })
})
