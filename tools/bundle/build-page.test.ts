import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TempProject, tempProject } from '../../test/support/temp-project.ts'
import { root } from '../support/root.ts'
import { walk } from '../support/walk.ts'
import { type BuiltPage, buildPage } from './build-page.ts'

describe('the page as it is shipped', () => {
  let place: TempProject
  let page: BuiltPage
  beforeAll(async () => {
    place = tempProject()
    page = await buildPage(place.path('page'))
  })
  afterAll(() => place.remove())

  const packed = (names: readonly string[]): number => names.reduce((sum, name) => sum + gzipSync(readFileSync(join(page.dir, name))).length, 0)

  it('needs less than 60 KB of packed JavaScript for the first view', () => {
    expect(page.firstScripts.length).toBeGreaterThan(0)
    expect(packed(page.firstScripts)).toBeLessThan(60 * 1024)
    expect(packed(page.firstStyles)).toBeLessThan(20 * 1024)
  })

  it('has nothing inline and asks nobody else', () => {
    const html = readFileSync(join(page.dir, 'index.html'), 'utf8')
    expect(html).toMatch(/<script type="module" src="\/page-[0-9A-Z]{8}\.js"><\/script>/)
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/)
    const served = readdirSync(page.dir).filter((name) => name !== 'NOTICES.txt')
    const texts = served.map((name) => [name, readFileSync(join(page.dir, name), 'utf8')] as const)
    // Names of XML are no addresses to go to.
    const strangers = texts
      .flatMap(([name, text]) => [...text.matchAll(/https?:\/\/[\w.-]+/g)].map(([url]) => `${name}: ${url}`))
      .filter((one) => !one.endsWith('//www.w3.org'))
    expect(strangers).toEqual([])
    expect(texts.filter(([, text]) => /\beval\(|new Function\(|@import|@font-face/.test(text)).map(([name]) => name)).toEqual([])
  })

  it('names the packages inside it with their licences', () => {
    expect(readFileSync(join(page.dir, 'NOTICES.txt'), 'utf8')).toMatch(/--- @preact\/signals [\d.]+ \(MIT\)[\s\S]*--- preact [\d.]+ \(MIT\)/)
  })

  it('makes no HTML of any text', () => {
    const sources = walk(root, 'web', (path) => path.endsWith('.tsx')).map((path) => readFileSync(join(root, path), 'utf8'))
    expect(sources.length).toBeGreaterThan(20)
    expect(sources.filter((text) => /innerHTML|insertAdjacentHTML|document\.write/i.test(text))).toEqual([])
  })

  it('loads other pages only when they are looked at', () => {
    const all = readdirSync(page.dir).filter((name) => name.endsWith('.js'))
    expect(all.length).toBeGreaterThan(page.firstScripts.length)
  })
})
