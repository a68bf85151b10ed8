/** `node tools/layers/main.ts`: checks this repository against layers.json and the house rules, prints each finding with its chain. */
import { root } from '../support/root.ts'
import { checkLayers, showFinding, sizes } from './check.ts'
import { readLayerMap } from './map.ts'
import { readTree } from './tree.ts'

const tree = readTree(root)
const findings = checkLayers(readLayerMap(root), tree)
for (const finding of findings) process.stdout.write(`${showFinding(tree, finding)}\n`)
const { files, median, longest } = sizes(tree)
process.stdout.write(`${files} source files, median ${median} lines, longest ${longest.lines} (${longest.path}); ${findings.length} findings\n`)
process.exitCode = findings.length === 0 ? 0 : 1
