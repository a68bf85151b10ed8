/** Pure floors import nothing that touches the world; the process, the clock and chance are reached in src/main only. */
import type { Rule } from '../finding.ts'
import { lineOf } from '../imports.ts'
import { placeOf } from '../map.ts'

export const purity: Rule = (file, { map }) => {
  const place = placeOf(map, file.path)
  if (place === undefined || file.isTest || !place.floor.pure) return []
  return file.imports
    .filter(({ specifier }) => map.impure.some((name) => specifier === name || specifier === name.replace(/^node:/, '') || specifier.startsWith(`${name}/`)))
    .map(({ specifier, line }) => ({ line, message: `${place.folder} (${place.floor.name}) is pure and may not import ${specifier}`, target: specifier }))
}

const globals: readonly { readonly shape: RegExp; readonly name: string; readonly instead: string }[] = [
  { shape: /(?<![\w$.])process\s*\??\./g, name: 'process', instead: 'take it from the Host value that src/main builds' },
  { shape: /(?<![\w$.])console\s*\./g, name: 'console', instead: 'return it, or emit an event' },
  { shape: /(?<![\w$.])Date\s*\.\s*now\b/g, name: 'Date.now', instead: 'take a Clock' },
  { shape: /(?<![\w$.])new\s+Date\s*(?:\(\s*\)|(?![\s(\w$]))/g, name: 'new Date()', instead: 'take a Clock' },
  { shape: /(?<![\w$.])performance\s*\.\s*now\b/g, name: 'performance.now', instead: 'take a Clock' },
  { shape: /(?<![\w$.])Math\s*\.\s*random\b/g, name: 'Math.random', instead: 'take the value as an argument' },
]

export const worldlyGlobals: Rule = (file) => {
  if (!file.path.startsWith('src/') || file.path.startsWith('src/main/') || file.isTest) return []
  const used = globals.flatMap(({ shape, name, instead }) =>
    [...file.masked.matchAll(shape)].map((match) => ({ line: lineOf(file.text, match.index), message: `${name} is for src/main only: ${instead}` })),
  )
  const imported = file.imports
    .filter(({ specifier }) => /^(?:node:)?process$/.test(specifier))
    .map(({ specifier, line }) => ({ line, message: `${specifier} is for src/main only: take it from the Host value`, target: specifier }))
  return [...used, ...imported]
}
