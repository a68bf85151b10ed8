import { describe, expect, it } from 'vitest'
import { fillKey } from './fill-key.ts'

const facts = { checksum: async (file: string) => `<${file}>`, epoch: 1234, arch: 'amd64', os: 'linux' }

describe('the key of saved files', () => {
  it.each([
    ['npm', 'npm'],
    ['a-{{ checksum "package-lock.json" }}-b', 'a-<package-lock.json>-b'],
    ["{{checksum 'a b/c'}}", '<a b/c>'],
    ['{{ checksum `x` }}{{ checksum "y" }}', '<x><y>'],
    ['{{ checksum ./go.sum }}', '<./go.sum>'],
    ['{{- os -}}-{{ arch }}-{{epoch}}', 'linux-amd64-1234'],
  ])('%s', async (key, filled) => {
    expect(await fillKey(key, facts)).toBe(filled)
  })

  it.each([
    ['{{ checksum ".\\\\a\\\\b" }}', 'forward slashes'],
    ['{{ checksum }}', 'needs the name of a file'],
    ['{{ checksum "a" "b" }}', 'not understood'],
    ['{{ .Commit.Branch }}', 'not understood'],
    ['{{ random }}', '"random" is no template'],
    ['x{{ os', 'not understood'],
    ['   ', 'empty'],
    ['a\nb', 'control character'],
    ['k'.repeat(301), '301 bytes'],
  ])('%j is refused', async (key, reason) => {
    await expect(fillKey(key, facts)).rejects.toThrow(reason)
  })
})
