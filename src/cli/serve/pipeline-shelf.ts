/** The pipeline files that `slipway serve` was given, read anew whenever somebody asks: what is edited is seen at the next look. */
import { createHash } from 'node:crypto'
import { basename, resolve } from 'node:path'
import { isProblem } from '../../base/problem.ts'
import { type AskedInput, askedInputs } from '../../pipeline/inputs.ts'
import { visitNodes } from '../../pipeline/node-paths.ts'
import { readPipeline } from '../../pipeline/read-pipeline.ts'
import type { FormInput, PipelineForm, PipelineShelf, ShelvedPipeline } from '../../server/pipeline-shelf.ts'
import { type SourceFile, sourceFile } from '../../text/source-file.ts'
import { entryOf, type YamlNode } from '../../yaml/node.ts'
import { parseYaml } from '../../yaml/parse.ts'
import { readText } from '../load-pipeline.ts'
import { pipelineFiles } from '../pipeline-files.ts'
import type { World } from '../world.ts'

export interface ServedFile {
  readonly id: string
  readonly name: string
  readonly file: string
}

export async function servedFiles(names: readonly string[], world: World): Promise<readonly ServedFile[]> {
  const files = (await pipelineFiles(names, world)).map((name) => {
    const file = resolve(world.cwd, name)
    return { id: createHash('sha256').update(file).digest('hex').slice(0, 12), name, file }
  })
  // A folder, and a file in it: it is the same file.
  return [...new Map(files.map((one) => [one.id, one])).values()]
}

export function pipelineShelf(names: readonly string[], world: World): PipelineShelf {
  return {
    async list() {
      const shelved: ShelvedPipeline[] = []
      for (const served of await servedFiles(names, world)) {
        const one = await describe(served, world)
        if (one !== undefined) shelved.push(one)
      }
      return shelved
    },
    async form(id) {
      const served = (await servedFiles(names, world)).find((one) => one.id === id)
      return served === undefined ? undefined : formOf(served, world)
    },
  }
}

/** Undefined: a file in a folder that is no pipeline, such as an input set or a connector. */
async function describe({ id, name, file }: ServedFile, world: World): Promise<ShelvedPipeline | undefined> {
  const nothing = { id, file: name, stages: [] }
  try {
    const source = sourceFile(basename(file), await readText(file, name, world))
    const { documents, diagnostics: syntax } = parseYaml(source)
    const root = documents[0]
    if (root === undefined) return { ...nothing, problems: syntax }
    const pipeline = entryOf(root, 'pipeline')?.value
    if (pipeline === undefined && root.kind === 'map' && syntax.length === 0) return undefined
    const [identifier, title, description] = ['identifier', 'name', 'description'].map((key) => textOf(pipeline, key))
    return {
      ...nothing,
      ...(identifier !== undefined && { identifier, pipeline: keyOf(pipeline, identifier) }),
      ...(title !== undefined && { name: title }),
      ...(description !== undefined && { description }),
      stages: stagesOf(pipeline),
      problems: problemsOf(source),
    }
  } catch (error) {
    if (!isProblem(error)) throw error
    return { ...nothing, problems: [error.diagnostic] }
  }
}

/** What is asked for when a run starts is no mistake of the file. */
function problemsOf(source: SourceFile): ShelvedPipeline['problems'] {
  return readPipeline(source, { inputs: {} }).diagnostics.filter(({ code, severity }) => code !== 'INPUT_MISSING' && severity !== 'info')
}

function keyOf(pipeline: YamlNode | undefined, identifier: string): string {
  return [textOf(pipeline, 'orgIdentifier') ?? 'default', textOf(pipeline, 'projectIdentifier') ?? 'default', identifier].join('/')
}

async function formOf({ name, file }: ServedFile, world: World): Promise<PipelineForm> {
  const { documents } = parseYaml(sourceFile(name, await readText(file, name, world)))
  const root = documents[0]
  const pipeline = entryOf(root, 'pipeline')?.value
  const { branch } = (await world.tools.codebaseOf(file, world)).facts
  const secrets = []
  for (const secret of root === undefined ? [] : secretsOf(root))
    secrets.push({ name: secret, known: await world.tools.knowsSecret(world.home, secret, world) })
  return {
    inputs: root === undefined ? [] : askedInputs(root).map(formInput),
    variables: variablesOf(pipeline),
    stages: stagesOf(pipeline),
    branches: await world.tools.branchesOf(file, world),
    ...(branch !== undefined && { branch }),
    secrets,
  }
}

function formInput({ path, type, input: { default: usual, allowed, selectOne, selectMany, regex } }: AskedInput): FormInput {
  const oneOf = allowed ?? selectOne
  return {
    path: path.replace(/^pipeline\./, ''),
    ...(type !== undefined && { type }),
    ...(usual !== undefined && { default: usual }),
    ...(oneOf !== undefined && { oneOf }),
    ...(selectMany !== undefined && { someOf: selectMany }),
    ...(regex !== undefined && { pattern: regex }),
  }
}

/** Those with a value of their own, which a run may replace. */
function variablesOf(pipeline: YamlNode | undefined): PipelineForm['variables'] {
  const all = entryOf(pipeline, 'variables')?.value
  return (all?.kind === 'seq' ? all.items : []).flatMap((item) => {
    const [name, type, value] = ['name', 'type', 'value'].map((key) => textOf(item, key))
    if (name === undefined || value?.trimStart().startsWith('<+input>') === true) return []
    return [{ name, type: type ?? 'String', ...(value !== undefined && type !== 'Secret' && { value }) }]
  })
}

function stagesOf(pipeline: YamlNode | undefined): PipelineForm['stages'] {
  const all = entryOf(pipeline, 'stages')?.value
  return (all?.kind === 'seq' ? all.items : []).flatMap(function stages(item): PipelineForm['stages'] {
    const parallel = entryOf(item, 'parallel')?.value
    if (parallel?.kind === 'seq') return parallel.items.flatMap(stages)
    const stage = entryOf(item, 'stage')?.value
    const identifier = textOf(stage, 'identifier')
    return identifier === undefined ? [] : [{ identifier, name: textOf(stage, 'name') ?? identifier }]
  })
}

const secretUse = /<\+secrets\.getValue\(\s*["']([^"']+)["']\s*\)/g

/** Named in full. One whose name is itself an expression is known only when the run gets there. */
function secretsOf(root: YamlNode): readonly string[] {
  const names = new Set<string>()
  visitNodes(root, (node) => {
    if (node.kind === 'scalar') for (const [, name] of node.source.matchAll(secretUse)) if (name?.includes('<+') === false) names.add(name)
  })
  return [...names].sort()
}

function textOf(node: YamlNode | undefined, key: string): string | undefined {
  const value = entryOf(node, key)?.value
  return value?.kind === 'scalar' && value.value !== null ? value.source : undefined
}
