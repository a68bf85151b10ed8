/** `docker buildx bake`: what a bake file comes to is asked first, then built with base images by way of this program, and exported. */
import { readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { diagnose } from '../../../base/diagnostic.ts'
import { problem } from '../../../base/problem.ts'
import { parsePlatform } from '../../../oci/platform.ts'
import type { Baked, BakeRequest } from '../../../ports/bake.ts'
import type { Building, BuildRequest } from '../../../ports/builder.ts'
import { bakeOptions, bakePlan, exportedTargets, type Placed } from './bake-plan.ts'
import { type BakeFile, type BakeTarget, readBakeFile } from './bake-schema.ts'
import { type BaseContexts, baseContexts } from './base-contexts.ts'
import type { Output } from './build-args.ts'
import type { ChosenBuilder } from './choose-builder.ts'
import { type Asking, lastLine } from './find-tool.ts'
import { runTool } from './run-tool.ts'
import { removeLoaded, saveLoaded } from './save-loaded.ts'
import { lentFile } from './take-back.ts'
import { takeImage } from './take-image.ts'
import { archives, type BuildxParts, carryOut, openTool, platformOf } from './tool-session.ts'
import { knowsFlag } from './tool-version.ts'

interface BakeSession extends Asking {
  readonly request: BakeRequest
  readonly building: Building
  readonly id: string
  readonly builder: ChosenBuilder
  readonly env: Readonly<Record<string, string>>
}

export async function bakeIn(request: BakeRequest, building: Building, asking: Asking & { readonly id: string }, o: BuildxParts): Promise<readonly Baked[]> {
  const { builder, version } = await openTool(request.tool, { ...asking, building, proxies: {} }, o)
  // Paths of the folder of this build are none that the file asks for.
  const env = { ...Object.fromEntries(request.variables), ...asking.folder.env, BUILDX_BAKE_ENTITLEMENTS_FS: '0' }
  const session: BakeSession = { ...asking, request, building, builder, env }
  const bases: BaseContexts[] = []
  try {
    const file = await printed(session)
    const placed = new Map<string, Placed>()
    const wanted = exportedTargets(file)
    for (const [at, [name, target]] of Object.entries(file.target).entries()) {
      const id = `${asking.id}-${at + 1}`
      const one = await basesOf(target, { ...session, id }, o)
      bases.push(one)
      placed.set(name, { contexts: one.contexts, ...(wanted.includes(name) && { output: outputOf(id, session) }) })
    }
    if (!archives(builder)) building.emit({ kind: 'note', note: diagnose('BUILDX_LOADS', {}) })
    const own = await asking.folder.write('bake.json', JSON.stringify(bakePlan(file, placed)))
    const named = builder.name === undefined ? [] : ['--builder', builder.name]
    const progress = knowsFlag(version, '--progress=rawjson') ? 'rawjson' : 'plain'
    for (const { output } of placed.values()) if (output?.kind === 'load') await asking.folder.note(lentFile, output.name)
    const args = ['buildx', 'bake', ...named, '--progress', progress, '--file', own, ...wanted]
    try {
      await carryOut({ args, env }, { ...session, cwd: request.folder })
      return await take(file, placed, session, o)
    } finally {
      for (const { output } of placed.values()) if (output?.kind === 'load') await removeLoaded(output.name, session)
    }
  } finally {
    for (const one of bases) await one.close()
    await builder.close()
  }
}

function outputOf(id: string, { builder, folder }: BakeSession): Output {
  return archives(builder) ? { kind: 'archive', file: join(folder.path, `${id}.tar`) } : { kind: 'load', name: `slipway.invalid/${id}/image:built` }
}

/** What the file and the options come to, variables put in. */
async function printed({ request, folder, world, signal, env, building }: BakeSession): Promise<BakeFile> {
  const { kept, dropped } = bakeOptions(request.options)
  if (dropped.length > 0)
    building.emit({
      kind: 'note',
      note: diagnose('BUILDX_BAKE_IGNORES', { what: dropped.join(' '), because: 'the step says where images go' }, { severity: 'info' }),
    })
  const ran = await runTool(['buildx', 'bake', '--file', request.file, '--print', ...kept], {
    env: { ...env, ...folder.env },
    kill: world.kill,
    signal,
    cwd: request.folder,
  })
  if (ran.code !== 0) throw problem('BUILDX_BAKE_FILE', { reason: lastLine(ran.err) })
  return readBakeFile(ran.out)
}

/** A target whose Dockerfile is not of this machine is left to the tool. */
async function basesOf(target: BakeTarget, session: BakeSession, o: BuildxParts): Promise<BaseContexts> {
  const { request, building, builder, folder, id } = session
  const contextDir = isAbsolute(target.context) ? target.context : join(request.folder, target.context)
  const dockerfile = isAbsolute(target.dockerfile) ? target.dockerfile : join(contextDir, target.dockerfile)
  const text = target['dockerfile-inline'] ?? (await readFile(dockerfile, 'utf8').catch(() => undefined))
  const build = platformOf(builder) ?? { os: 'linux', architecture: 'amd64' }
  const platforms = target.platforms.flatMap((one) => {
    const parsed = parsePlatform(one)
    return parsed.ok ? [parsed.value] : []
  })
  const read: BuildRequest = {
    contextDir,
    dockerfile: { name: target.dockerfile, text: text ?? 'FROM scratch\n' },
    ...(target.target !== undefined && { target: target.target }),
    args: new Map(Object.entries(target.args).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))),
    labels: new Map(),
    platform: platforms[0] ?? build,
    ...(platforms.length > 0 && { platforms }),
    created: 0,
    reproducible: false,
    noCache: false,
  }
  return baseContexts(read, { ...o, folder, id, build, layouts: archives(builder), except: Object.keys(target.contexts) }, building)
}

async function take(file: BakeFile, placed: ReadonlyMap<string, Placed>, session: BakeSession, o: BuildxParts): Promise<readonly Baked[]> {
  const baked: Baked[] = []
  for (const [target, { output }] of placed) {
    if (output === undefined) continue
    const archive = output.kind === 'archive' ? output.file : await saveLoaded(output.name, session)
    baked.push({ target, names: file.target[target]?.tags ?? [], image: await takeImage(archive, o.store, session) })
  }
  return baked
}
