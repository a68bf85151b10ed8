import { describe, expect, it } from 'vitest'
import { tempProject } from '../../test/support/temp-project.ts'
import { replaceBlock } from './blocks.ts'
import { floorMap } from './floor-map.ts'
import { brokenLinks, missingPaths } from './links.ts'
import { stalePages } from './pages.ts'

describe('links of pages', () => {
  it('resolve to files and headings', () => {
    const { dir } = tempProject({
      'README.md': '# A title, with `code`\n[a](docs/b.md#second--part) [top](#a-title-with-code) [web](https://example.com/x)\n<img src="docs/p.svg">\n',
      'docs/b.md': '## Second & part\n[up](../README.md)\n```\n[not a link](gone.md)\n```\n`[nor](this.md)`\n',
      'docs/p.svg': '',
    })
    expect(brokenLinks(dir)).toEqual([])
  })

  it('are named with page and line when they lead nowhere', () => {
    const { dir } = tempProject({ 'README.md': '# A\n\n[x](gone.md)\n[y](#b)\n[z]: ../out.md\n' })
    expect(brokenLinks(dir)).toEqual([
      'README.md:3: gone.md does not exist',
      'README.md:4: #b: no such heading',
      'README.md:5: ../out.md leads out of the repository',
    ])
  })

  it('and so are paths in back-ticks', () => {
    const { dir } = tempProject({ 'ARCHITECTURE.md': '`src/a.ts` `src/gone.ts` `oci` `src/*.ts`', 'src/a.ts': '' })
    expect(missingPaths(dir, 'ARCHITECTURE.md')).toEqual(['ARCHITECTURE.md: names src/gone.ts, which does not exist'])
  })
})

describe('generated blocks', () => {
  it('replace what stands between their markers', () => {
    expect(replaceBlock('a\n<!-- begin x -->\nold\n<!-- end x -->\nb', 'x', 'new')).toBe('a\n<!-- begin x -->\nnew\n<!-- end x -->\nb')
    expect(() => replaceBlock('a', 'x', 'new')).toThrow('needs the markers')
  })

  it('render floors from the top', () => {
    const folder = { about: 'a | b', beside: ['c'] }
    const floors = [
      { name: 'F0', about: 'low', pure: true, folders: { base: folder } },
      { name: 'F1', about: 'high', pure: false, folders: {}, not: ['x'] },
    ]
    expect(floorMap({ floors, impure: [] }).split('\n').slice(2)).toEqual([
      '| **F1** | | *high; never imports x* | | I/O |',
      '| **F0** | | *low* | | pure |',
      '| | `base` | a \\| b | c | |',
    ])
  })

  it('are stale when their source has moved on', () => {
    expect(
      stalePages([
        { path: 'a.md', now: 'x', fresh: 'y' },
        { path: 'b.md', now: 'x', fresh: 'x' },
      ]),
    ).toEqual(['a.md'])
  })
})
