/** An overlay mount in one page of options: lowers by short names, relative to a folder that the mounting process stands in. */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { problem } from '../../base/problem.ts'
import { imageSteps, type LoopNumbers } from './image-steps.ts'
import { call, type Step } from './machine/step.ts'
import type { Stack } from './sandbox.ts'

/** More are refused by the kernel. */
const mostLowers = 500
const noDev = 4
/** mount(2) cuts what is longer, without a word. */
const onePage = 4000

export interface OverlayPlan {
  readonly suffix: string
  readonly machineRoot: boolean
  /** Set where images are mounted through loop devices. */
  readonly loops?: LoopNumbers | undefined
}

export interface Overlay {
  /** Mounts the images among the lowers. */
  readonly steps: readonly Step[]
  /** Where the process stands while it mounts. */
  readonly from: string
  readonly options: string
}

/** Makes `upper`, `work` and `merged` in the run's folder, with the suffix, and links to the lowers where their own names are too long. */
export function prepareOverlay(folder: string, lowers: Stack, o: OverlayPlan): Overlay {
  if (lowers.length > mostLowers) throw problem('BUILD_SANDBOX_FAILED', { what: 'stack the layers', reason: `${lowers.length} are more than ${mostLowers}` })
  for (const name of ['upper', 'work', 'merged']) mkdirSync(join(folder, name + o.suffix), { recursive: true, mode: 0o755 })
  const nothing = join(folder, `nothing${o.suffix}`)
  if (lowers.length === 0) mkdirSync(nothing, { recursive: true })
  const steps: Step[] = []
  const stack = lowers.map((lower, i) => {
    if (lower.kind === 'folder') return lower.folder
    const at = join(folder, `image${o.suffix}-${i}`)
    mkdirSync(at, { recursive: true })
    steps.push(...imageSteps(lower.file, at, o.loops))
    return at
  })
  return { steps, ...placed(folder, lowers.length === 0 ? [nothing] : stack, o) }
}

function placed(folder: string, stack: readonly string[], o: OverlayPlan): Omit<Overlay, 'steps'> {
  const store = dirname(dirname(stack.find((lower) => !lower.startsWith(`${folder}/`)) ?? folder))
  const direct = optionsOf(
    stack.map((lower) => relative(store, lower)),
    relative(store, folder),
    o,
  )
  if (direct.length < onePage && !/[\\:,]/.test(stack.map((lower) => relative(store, lower)).join('') + relative(store, folder)))
    return { from: store, options: direct }
  for (const [i, lower] of stack.entries()) {
    rmSync(join(folder, `l${o.suffix}-${i}`), { force: true })
    symlinkSync(lower, join(folder, `l${o.suffix}-${i}`))
  }
  return {
    from: folder,
    options: optionsOf(
      stack.map((_, i) => `l${o.suffix}-${i}`),
      '.',
      o,
    ),
  }
}

function optionsOf(lowers: readonly string[], folder: string, o: OverlayPlan): string {
  const own = `upperdir=${folder}/upper${o.suffix},workdir=${folder}/work${o.suffix},index=off,metacopy=off,volatile`
  return `lowerdir=${lowers.join(':')},${own},${o.machineRoot ? 'redirect_dir=off,xino=on' : 'userxattr'}`
}

/** Back in the run's folder afterwards, where `merged` is. */
export function overlaySteps(
  folder: string,
  overlay: Overlay,
  o: { readonly suffix: string; readonly what: string; readonly anyDevice: boolean },
): readonly Step[] {
  return [
    ...overlay.steps,
    call('chdir', [overlay.from], `enter ${overlay.from}`),
    call('mount', ['overlay', join(folder, `merged${o.suffix}`), 'overlay', o.anyDevice ? 0 : noDev, overlay.options], o.what),
    call('chdir', [folder], `enter ${folder}`),
  ]
}
