/** The floor table of ARCHITECTURE.md, top floor first, rendered from layers.json. */
import type { Floor, LayerMap } from '../layers/map.ts'

export function floorMap(map: LayerMap): string {
  const rows = map.floors.toReversed().flatMap(floorRows)
  return ['| floor | folder | what it is | beside | world |', '|---|---|---|---|---|', ...rows].join('\n')
}

function floorRows(floor: Floor): readonly string[] {
  const head = `| **${floor.name}** | | *${cell(floor.about)}${floor.not === undefined ? '' : `; never imports ${floor.not.join(', ')}`}* | | ${floor.pure ? 'pure' : 'I/O'} |`
  const folders = Object.entries(floor.folders).map(([name, { about, beside }]) => `| | \`${name}\` | ${cell(about)} | ${beside.join(', ')} | |`)
  return [head, ...folders]
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
