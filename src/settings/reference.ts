/** The reference page of the settings, made from the table. */
import { showText, type Text } from '../base/secret-text.ts'
import { codecs } from './codec.ts'
import { rows, topics } from './image-settings.ts'
import type { Kind, Row, SettingTable, Values } from './row.ts'
import { tools, variants } from './vocabulary.ts'

const header = '| Field | Variables | Type | Default | Read by | Meaning |\n|---|---|---|---|---|---|'

export function settingsReference(): string {
  const sections = Object.entries(topics).map(([topic, table]: [string, SettingTable]) => {
    const lines = Object.values(table).map(line)
    return `## ${topic}\n\n${header}\n${lines.join('\n')}\n`
  })
  return sections.join('\n')
}

export function settingCounts(): { readonly rows: number; readonly names: number; readonly pluginNames: number } {
  const names = new Set(Object.values(rows).flatMap((row) => row.env.map((name) => name.name)))
  return { rows: Object.keys(rows).length, names: names.size, pluginNames: [...names].filter((n) => n.startsWith('PLUGIN_')).length }
}

function line(row: Row): string {
  const fields = [...new Set(Object.values(row.yaml?.keys ?? {}).flat())]
  const names = [...new Set(row.env.map((name) => name.name))]
  const cells = [code(fields), code(names), row.secret ? `${row.kind}, secret` : row.kind, defaults(row), readBy(row), row.doc + effectText(row)]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function defaults(row: Row): string {
  const shown = row.fallbacks.map((f) => {
    const where = [...(f.tools ?? []), ...(f.variants ?? [])].join(', ')
    return `${code([showText(write(row.kind, f.value))])}${where === '' ? '' : ` (${where})`}`
  })
  return shown.join(', ')
}

function write<K extends Kind>(kind: K, value: Values[Kind]): Text {
  return codecs[kind].write(value as Values[K])
}

function readBy(row: Row): string {
  const readers = tools.flatMap((tool) => {
    const of = variants.filter((variant) => row.env.some((name) => name.tools.includes(tool) && name.variants.includes(variant)))
    return of.length === 0 ? [] : [of.length === variants.length ? tool : `${tool} (${of.join(', ')})`]
  })
  return readers.join(', ') || 'Slipway only'
}

function effectText({ effect, unless }: Row): string {
  const but = Object.entries(unless).map(([engine, because]) => ` Not with the engine ${engine}: ${because}.`)
  switch (effect.kind) {
    case 'honoured':
      return but.join('')
    case 'none':
      return ` No effect: ${effect.because}.`
    case 'engine':
      return ` Chooses the engine ${effect.engine}.`
    case 'only':
      return ` Only with the engine ${effect.engine}: elsewhere ${effect.because}.`
  }
}

function code(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ')
}
