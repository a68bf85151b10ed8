/** Values of a run's `<+input>`s: from a file, from the command line, and from the person at the terminal for what is still missing. */
import { resolve } from 'node:path'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { Problem } from '../../base/problem.ts'
import { openInputs } from '../../pipeline/inputs.ts'
import { visitNodes } from '../../pipeline/node-paths.ts'
import { sourceFile } from '../../text/source-file.ts'
import type { YamlNode } from '../../yaml/node.ts'
import { parseYaml } from '../../yaml/parse.ts'
import { readText } from '../load-pipeline.ts'
import { nameValues } from '../name-value.ts'
import type { World } from '../world.ts'
import { askInputs } from './ask-inputs.ts'

export interface InputOptions {
  readonly input: readonly string[]
  readonly inputsFile?: string
  readonly ask?: boolean
}

/** As `PATH=VALUE`: what comes later goes before what comes earlier. */
export async function gatherInputs(name: string, o: InputOptions, world: World): Promise<readonly string[]> {
  const text = await readText(resolve(world.cwd, name), name, world)
  const [root] = parseYaml(sourceFile(name, text)).documents
  if (root === undefined) return o.input
  const filed = o.inputsFile === undefined ? [] : await inputsOfFile(o.inputsFile, root, world)
  const given = [...filed, ...o.input]
  const missing = openInputs(root, nameValues('--input', given))
  return missing.length === 0 ? given : [...given, ...(await askInputs(missing, o, world))]
}

/** Either `path: value` lines, or the shape of an input set, of which only what the pipeline asks for is taken. */
async function inputsOfFile(file: string, pipeline: YamlNode, world: World): Promise<readonly string[]> {
  const { documents, diagnostics } = parseYaml(sourceFile(file, await readText(resolve(world.cwd, file), file, world)))
  const [worst, ...others] = diagnostics.filter((d: Diagnostic) => d.severity === 'error')
  if (worst !== undefined) throw new Problem(worst, { others })
  const [root] = documents
  if (root?.kind !== 'map') return []
  const isTree = root.entries.some(({ value }) => value.kind !== 'scalar')
  const wanted = new Set(isTree ? everyInput(pipeline) : [])
  const values: string[] = []
  visitNodes(root, (node, path) => {
    const name = path.replace(/^inputSet\./, '')
    if (node.kind === 'scalar' && (!isTree || wanted.has(name))) values.push(`${name}=${node.value ?? ''}`)
  })
  return values
}

function everyInput(pipeline: YamlNode): readonly string[] {
  const paths: string[] = []
  visitNodes(pipeline, (node, path) => {
    if (node.kind === 'scalar' && /^\s*<\+input>/.test(node.source)) paths.push(path)
  })
  return paths
}
