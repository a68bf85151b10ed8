/** A log of a million lines, as this machine printed it: scrolled, searched, linked, saved. */
import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumProgram, openPage, startBrowser } from './browser.ts'
import { type PageWorld, pageWorld } from './page-world.ts'
import { million, reports } from './pipelines.ts'

describe('the log of a step', chromiumProgram.options, () => {
  let world: PageWorld
  let browser: Browser
  let address: string
  beforeAll(async () => {
    ;[world, browser] = await Promise.all([pageWorld({ 'million.yaml': million, 'reports.yaml': reports }), startBrowser()])
    expect((await world.slipway('run', 'million.yaml', '--quiet')).code).toBe(0)
    address = `${world.url}/runs/${await world.newest('million')}?step=print%2Flines`
  })
  afterAll(async () => {
    await browser?.close()
    await world?.stop()
  })

  it('of a million lines is scrolled from end to end without waiting', async () => {
    const { page, complaints } = await openPage(browser, address)
    await page.getByText('1,000,000 lines').waitFor()
    await page.getByText('line 1 of a long log').waitFor()
    for (const key of ['G', 'g', 'g', 'G']) await page.keyboard.press(key)
    await page.getByText('line 1000000 of a long log').waitFor()
    // So few lines are there at a time, and drawing others takes less than the eye sees.
    const [middle, slowest] = await page.evaluate<[number, number]>(`(async () => {
      const box = document.querySelector('.log-scroll')
      const times = []
      for (let i = 0; i <= 60; i++) {
        const begun = performance.now()
        box.scrollTop = (box.scrollHeight * i) / 60
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)))
        times.push(performance.now() - begun)
      }
      times.sort((a, b) => a - b)
      return [times[30], times[60]]
    })()`)
    expect(middle).toBeLessThan(100)
    expect(slowest).toBeLessThan(1000)
    expect(await page.locator('.line').count()).toBeLessThan(120)
    await page.locator('.log-scroll').evaluate((box) => {
      box.scrollTop = box.scrollHeight / 2
    })
    await page
      .getByText(/^line (?:49|50)\d{4} of a long log$/)
      .first()
      .waitFor()
    expect(complaints).toEqual([])
  })

  it('is searched as a whole, and a line of it has an address', async () => {
    const { page, complaints } = await openPage(browser, address)
    await page.getByText('line 1 of a long log').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('needle')
    await page.getByText('1 of 1', { exact: true }).waitFor()
    await page.locator('[data-line="987654"]', { hasText: 'a needle in the hay' }).waitFor()
    expect(await page.locator('mark').allTextContents()).toEqual(['needle'])
    await page.locator('[data-line="987654"] .number').click()
    await expect.poll(() => page.url()).toContain('#L987654')
    const linked = await openPage(browser, page.url())
    await linked.page.locator('.chosen', { hasText: 'a needle in the hay' }).waitFor()
    expect([...complaints, ...linked.complaints]).toEqual([])
  })

  it('shows colours, and what strangers print as text only', async () => {
    const { page } = await openPage(browser, address)
    const line = page.locator('[data-line="3"] .text')
    await expect.poll(() => line.textContent(), { timeout: 10_000 }).toBe('red <img src=x onerror=alert(1)>')
    expect(await line.locator('.ink-1.bold').textContent()).toBe('red')
    expect(await page.locator('.log img').count()).toBe(0)
  })

  it('has sections that fold, and comes as a file', async () => {
    expect((await world.slipway('run', 'reports.yaml', '--quiet')).code).toBe(0)
    const { page } = await openPage(browser, `${world.url}/runs/${await world.newest('reports')}`)
    await page.locator('.line', { hasText: 'one package' }).waitFor()
    await page.getByRole('button', { name: 'Section Install' }).click()
    await expect.poll(() => page.locator('.line', { hasText: 'one package' }).count()).toBe(0)
    await page.locator('.line', { hasText: 'ok 1' }).waitFor()
    await page.getByRole('button', { name: 'Fold' }).click()
    await expect.poll(() => page.locator('.line .number').allTextContents()).toEqual(['1', '4'])
    await page.getByRole('button', { name: 'Unfold' }).click()
    await page.locator('.line', { hasText: 'one package' }).waitFor()
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).click()])
    expect(file.suggestedFilename()).toMatch(/^reports-1-.*\.log$/)
    expect(readFileSync(await file.path(), 'utf8')).toContain('one package\n')
  })
})
