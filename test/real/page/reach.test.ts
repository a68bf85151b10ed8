/** Two hundred steps side by side, and the page for those who have only keys, or a phone. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumProgram, keepPicture, openPage, seriousFlaws, startBrowser } from './browser.ts'
import { type PageWorld, pageWorld } from './page-world.ts'
import { shop, wide } from './pipelines.ts'

describe('the page in other hands', chromiumProgram.options, () => {
  let world: PageWorld
  let browser: Browser
  beforeAll(async () => {
    ;[world, browser] = await Promise.all([pageWorld({ 'wide.yaml': wide, 'shop.yaml': shop }), startBrowser()])
    await world.slipway('run', 'shop.yaml', '--on', 'fake', '--quiet')
    await world.slipway('run', 'wide.yaml', '--on', 'fake', '--quiet')
  })
  afterAll(async () => {
    await browser?.close()
    await world?.stop()
  })

  const place = (page: Page) => page.locator('.world').evaluate((element) => (element as unknown as { style: { transform: string } }).style.transform)

  it('shows two hundred steps side by side, all of them at once or one by one', async () => {
    const { page, complaints } = await openPage(browser, `${world.url}/runs/${await world.newest('wide')}`)
    await page.getByText('4 failed, 196 passed').waitFor()
    await page.keyboard.press('v')
    await page.locator('[data-key="many/part_199"]').waitFor()
    expect(await page.locator('.node.is-step').count()).toBe(200)
    expect(await page.locator('.node.status-failed.is-step').count()).toBe(4)
    await keepPicture(page, 'wide')
    const before = await place(page)
    await page.mouse.move(400, 500)
    await page.mouse.down()
    await page.mouse.move(300, 400)
    await page.mouse.up()
    expect(await place(page)).not.toBe(before)
    await page.getByRole('button', { name: 'Larger' }).click()
    expect(await place(page)).toMatch(/scale\(/)
    await page.getByRole('button', { name: 'All of it' }).click()
    expect(await place(page)).toBe(before)
    expect(await page.locator('[data-key="many/part_199"]').isVisible()).toBe(true)
    await page.getByRole('button', { name: 'Fold all' }).click()
    expect(await page.locator('.node').count()).toBe(1)
    await page.goto(`${page.url().split('?')[0]}/timeline`)
    await expect.poll(() => page.locator('.lane').count()).toBe(201)
    expect(complaints).toEqual([])
  })

  it('is walked through with keys only', async () => {
    const { page, complaints } = await openPage(browser, `${world.url}/runs`)
    await page.getByText('wide').waitFor()
    await page.keyboard.press('?')
    const keys = page.getByRole('dialog', { name: 'Keys' })
    await keys.getByText('search').waitFor()
    expect(await seriousFlaws(page)).toEqual([])
    await page.keyboard.press('Escape')
    await keys.waitFor({ state: 'detached' })
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'shop #1' }).waitFor()
    await page.getByRole('heading', { name: 'unit' }).waitFor()
    await page.keyboard.press('j')
    await page.getByRole('heading', { name: 'flaky' }).waitFor()
    await page.keyboard.press('k')
    await page.getByRole('heading', { name: 'unit' }).waitFor()
    await page.keyboard.press('3')
    await page.locator('.image-card').waitFor()
    await page.keyboard.press('1')
    await page.locator('.outline').waitFor()
    await page.keyboard.press('v')
    const test = page.locator('[data-key="test"]')
    await test.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    expect(await page.evaluate('document.activeElement.dataset.key')).toBe('test/flaky')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'flaky' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('no such text')
    await page.getByText('not found').waitFor()
    await page.keyboard.press('Escape')
    const theme = await page.locator('html').getAttribute('data-theme')
    await page.keyboard.press('t')
    expect(await page.locator('html').getAttribute('data-theme')).not.toBe(theme)
    await page.keyboard.press('g')
    await page.keyboard.press('p')
    await page.getByRole('heading', { name: 'Pipelines' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('fits on a phone', async () => {
    const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }
    const run = await world.newest('shop')
    for (const path of ['/runs', '/pipelines', `/runs/${run}`, `/runs/${run}/timeline`, `/runs/${run}/artifacts`, `/runs/${run}/scan`]) {
      const { page, complaints } = await openPage(browser, `${world.url}${path}`, phone)
      await page.getByText('shop').first().waitFor()
      await page.locator('.waiting').waitFor({ state: 'detached' })
      // What is wider scrolls in a box of its own.
      expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(390)
      expect(await seriousFlaws(page), path).toEqual([])
      expect(complaints).toEqual([])
      if (path === '/runs') await keepPicture(page, 'phone-runs')
      if (path === `/runs/${run}`) await keepPicture(page, 'phone-run')
    }
  })
})
