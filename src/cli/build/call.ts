/** `--check` and `--call`: what can be said about a Dockerfile without building it. */
import { type Diagnostic, hasErrors } from '../../base/diagnostic.ts'
import { plural } from '../../base/human.ts'
import { lintDockerfile } from '../../dockerfile/lint/lint.ts'
import { parseDockerfile } from '../../dockerfile/parse.ts'
import { findTarget, reachableStages, resolveStages } from '../../dockerfile/stages.ts'
import type { BuildRequest } from '../../ports/builder.ts'
import { sourceFile } from '../../text/source-file.ts'
import { codeFor, type ExitCode, exitCodes, printDiagnostics } from '../failures.ts'
import type { World } from '../world.ts'

export async function callDockerfile(what: 'check' | 'outline' | 'targets', request: BuildRequest, world: World): Promise<ExitCode> {
  const source = sourceFile(request.dockerfile.name, request.dockerfile.text)
  const file = parseDockerfile(source)
  const facts = { args: request.args, target: request.platform, build: world.platform, targetStage: request.target }
  const found: Diagnostic[] = [...file.diagnostics]
  const graph = resolveStages(file, facts)
  const target = file.stages.length === 0 ? undefined : findTarget(file, request.target, (d) => found.push(d))
  found.push(...graph.diagnostics)
  if (what === 'check') {
    found.push(...lintDockerfile(file, facts))
    await printDiagnostics(found, [source], world)
    await world.stdout.write(found.length === 0 ? 'Check complete, no warnings found.\n' : `Check complete, ${plural(found.length, 'warning')} found!\n`)
    return found.length === 0 ? exitCodes.done : exitCodes.problems
  }
  if (hasErrors(found) || target === undefined) {
    await printDiagnostics(found, [source], world)
    return codeFor(found)
  }
  if (what === 'targets') {
    for (const { stage } of graph.nodes) {
      const marks = stage.index === file.stages.length - 1 ? ' (default)' : ''
      await world.stdout.write(`${stage.name ?? stage.index}${marks}\n`)
    }
    return exitCodes.done
  }
  const stages = reachableStages(graph.nodes, target).flatMap((index) => graph.nodes[index]?.stage ?? [])
  const instructions = stages.flatMap((stage) => stage.instructions)
  const args = [...file.globalArgs, ...instructions.filter((one) => one.kind === 'arg')].flatMap((arg) => arg.args)
  const mounts = instructions.flatMap((one) => (one.kind === 'run' ? one.mounts : [])).map((mount) => mount.text)
  const lines = [
    `target: ${file.stages[target]?.name ?? target}`,
    ...args.map(({ name, value }) => `build argument: ${name.text}${value === undefined ? '' : `=${value.text}`}`),
    ...(['secret', 'ssh'] as const).flatMap((type) => idsOf(mounts, type).map((id) => `${type}: ${id}`)),
  ]
  await world.stdout.write(`${[...new Set(lines)].join('\n')}\n`)
  return exitCodes.done
}

function idsOf(mounts: readonly string[], type: 'secret' | 'ssh'): readonly string[] {
  return mounts.filter((text) => text.split(',').includes(`type=${type}`)).map((text) => /(?:^|,)id=([^,]*)/.exec(text)?.[1] ?? 'default')
}
