/** The inputs of a RUN in words, for explanations. */
import { canonicalJson } from '../../base/json.ts'
import { below } from '../cache/explain.ts'
import type { Facts } from '../cache/story.ts'
import type { RunOp } from '../lower/op.ts'
import type { RunKeyFacts } from './run.ts'

export function runFacts(op: RunOp, facts: RunKeyFacts): Facts {
  const { chain, args, scripts, env, cwd, user, network, addHosts, mounts, platform } = facts
  const declared = new Set(op.argNames)
  const variables = env.map((line) => {
    const name = line.split('=', 1)[0] ?? ''
    return [`${declared.has(name) ? 'ARG' : 'ENV'} ${name}`, line.slice(name.length + 1)] as const
  })
  return new Map([
    ['the instruction', canonicalJson([args, scripts])],
    [below, chain],
    ...variables,
    ['WORKDIR', cwd],
    ['USER', user],
    ['the network', network],
    ['the list of hosts', canonicalJson(addHosts)],
    ['the platform', canonicalJson(platform)],
    ...mounts.map((mount, i) => [`mount ${i + 1}, ${mountName(op, i)},`, canonicalJson(mount)] as const),
  ])
}

function mountName(op: RunOp, i: number): string {
  const mount = op.mounts[i]?.mount
  return mount === undefined ? '' : `type=${mount.kind}`
}
