import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { rights } from './rights.ts'

interface Role {
  readonly rules: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[]
}

describe('the rights of a runner', () => {
  const page = readFileSync(new URL('../../../../docs/kubernetes.md', import.meta.url), 'utf8')

  it('are the role that the documentation shows, no more and no less', () => {
    const [, text = ''] = /<!-- rights -->\n```yaml\n([\s\S]*?)```/.exec(page) ?? []
    const { rules } = parse(text) as Role
    const shown = rules.flatMap(({ resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)))
    expect(shown.sort()).toEqual(rights.map(({ verb, resource }) => `${verb} ${resource}`).sort())
  })

  it('have a reason each, on the page too', () => {
    expect(rights.filter(({ verb, resource, why }) => !page.includes(`| ${verb} ${resource} | ${why} |`))).toEqual([])
  })
})
