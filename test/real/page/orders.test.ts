/** What the page orders is done: runs are started by a form, ended, run again, decided. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumProgram, openPage, seriousFlaws, startBrowser } from './browser.ts'
import { type PageWorld, pageWorld } from './page-world.ts'
import { asks, broken, question, slow } from './pipelines.ts'

const poll = { timeout: 60_000, interval: 100 }
const slowly = { timeout: 60_000 }

describe('orders', chromiumProgram.options, () => {
  let world: PageWorld
  let browser: Browser
  beforeAll(async () => {
    const files = { 'asks.yaml': asks, 'broken.yaml': broken, 'question.yaml': question, 'slow.yaml': slow }
    ;[world, browser] = await Promise.all([pageWorld(files), startBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await world?.stop()
  })

  const badge = '.run-title .badge'

  it('start a run with what the form asks for', async () => {
    const { page, complaints } = await openPage(browser, `${world.url}/pipelines`)
    await page.getByRole('link', { name: 'Run asks' }).click()
    await page.getByLabel(/who/).fill('<b>you</b>')
    await page.getByLabel(/LEVEL/).selectOption('debug')
    await page.getByLabel('Where').selectOption('fake')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('heading', { name: 'asks #1' }).waitFor(slowly)
    await expect.poll(() => page.locator(badge).first().textContent(), poll).toBe('Passed')
    await page.getByRole('button', { name: 'Inputs and outputs' }).click()
    const variables = page.locator('.values').first()
    await expect.poll(() => variables.textContent(), poll).toContain('<b>you</b>')
    expect(await variables.textContent()).toContain('LEVELdebug')
    expect(complaints).toEqual([])
  })

  it('end a run', async () => {
    const { page } = await openPage(browser, `${world.url}/pipelines`)
    await page.getByRole('link', { name: 'Run slow' }).click()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.locator('.outline').getByText('held').waitFor(slowly)
    await page.getByText('waiting').first().waitFor(slowly)
    await page.getByRole('button', { name: 'Abort' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Abort the run' }).click()
    await expect.poll(() => page.locator(badge).first().textContent(), poll).toBe('Aborted')
  })

  it('run again, and from the stage that failed', async () => {
    await world.slipway('run', 'broken.yaml', '--on', 'fake', '--quiet')
    const { page } = await openPage(browser, `${world.url}/runs/${await world.newest('broken')}`)
    await page.getByRole('button', { name: 'Rerun', exact: true }).click()
    await page.getByRole('heading', { name: 'broken #2' }).waitFor(slowly)
    await expect.poll(() => page.locator(badge).first().textContent(), poll).toBe('Failed')
    expect(await page.locator('.outline .row', { hasText: 'unit' }).locator('.mark').getAttribute('title')).toBe('Passed')
    await page.getByRole('button', { name: 'Rerun from failed' }).click()
    await page.getByRole('heading', { name: 'broken #3' }).waitFor(slowly)
    await expect.poll(() => page.locator(badge).first().textContent(), poll).toBe('Failed')
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.getByRole('dialog').getByRole('link', { name: /#1/ }).click()
    await page.getByRole('heading', { name: 'Two runs' }).waitFor()
    await page.getByRole('row', { name: /apply/ }).waitFor()
  })

  it('decide what becomes of a step that failed', async () => {
    const { page, complaints } = await openPage(browser, `${world.url}/pipelines`)
    await page.getByRole('link', { name: 'Run question' }).click()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    const decision = page.getByRole('region', { name: 'Decision about doubt' })
    await decision.getByText('exit code 7').waitFor(slowly)
    expect(await page.locator(badge).first().textContent()).toBe('Needs a decision')
    expect(await seriousFlaws(page)).toEqual([])
    await decision.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('now it works').waitFor(slowly)
    await expect.poll(() => page.locator(badge).first().textContent(), poll).toBe('Passed')
    expect(complaints).toEqual([])
  })

  it('are not there on a server that only shows', async () => {
    const other = await pageWorld({ 'broken.yaml': broken }, { serve: ['--read-only'] })
    await other.slipway('run', 'broken.yaml', '--on', 'fake', '--quiet')
    const { page } = await openPage(browser, `${other.url}/runs/${await other.newest('broken')}`)
    await page.getByText('Only to look at').waitFor()
    await page.getByRole('button', { name: 'Compare' }).waitFor()
    expect(await page.getByRole('button', { name: /Rerun|Abort/ }).count()).toBe(0)
    await page.goto(`${other.url}/pipelines`)
    await page.getByText('broken.yaml').waitFor()
    expect(await page.getByRole('link', { name: /^Run / }).count()).toBe(0)
    await other.stop()
  })
})
