/** What a scan step looks at: its mode, configuration and type of image decide which of its settings names it. */
import { type Hidden, hidden } from '../base/hidden.ts'
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import type { StepOf } from '../pipeline/step.ts'
import type { PlannedImageName, PlannedScanLogin, PlannedScanSource } from './scan-work.ts'

type Spec = StepOf<'AquaTrivy'>['spec']
type ImageSource = Extract<PlannedScanSource, { kind: 'archive' | 'stored' | 'registry' }>

/** What is wrong with the settings, where nothing can be scanned. */
export type WrongSource = { readonly kind: 'missing'; readonly what: string } | { readonly kind: 'unsupported'; readonly what: string; readonly reason: string }

/** Undefined after a report. */
export function planScanSource(spec: Spec, o: Resolving): PlannedScanSource | WrongSource | undefined {
  const [mode, config, type] = [resolve(spec.mode, o), resolve(spec.config, o), resolve(spec.target.type, o)]
  if (mode === undefined || config === undefined || type === undefined) return undefined
  if (mode.kind === 'deferred') return { kind: 'later', waits: mode }
  if (config.kind === 'deferred') return { kind: 'later', waits: config }
  if (type.kind === 'deferred') return { kind: 'later', waits: type }
  const workspace = textOf(spec.target.workspace, o)
  if (mode.value === 'ingestion') {
    const path = textOf(spec.ingestion?.file, o)
    return path === undefined ? { kind: 'missing', what: 'mode ingestion reads `ingestion.file`' } : { kind: 'results', path }
  }
  if (mode.value === 'extraction') return extraction(imageSource(spec, workspace, o))
  if (config.value === 'sbom')
    return workspace === undefined ? { kind: 'missing', what: 'config sbom reads the file `target.workspace`' } : { kind: 'sbom', path: workspace }
  if (config.value === 'fs' || type.value === 'repository') return { kind: 'folder', path: workspace ?? known('/harness') }
  if (type.value !== 'container')
    return { kind: 'unsupported', what: `a target of the type ${type.value}`, reason: 'images, folders and bills of materials can be' }
  return imageSource(spec, workspace, o)
}

function extraction(source: PlannedScanSource | WrongSource | undefined): PlannedScanSource | WrongSource | undefined {
  if (source?.kind === 'registry') return { ...source, kind: 'attached' }
  if (source?.kind !== 'archive' && source?.kind !== 'stored') return source
  const what = source.kind === 'archive' ? 'an archive' : 'a local image'
  return { kind: 'unsupported', what: `${what} with mode extraction`, reason: 'it takes results that a registry keeps with an image' }
}

function imageSource(
  { image }: Spec,
  workspace: Planned<Text> | undefined,
  o: Resolving,
): ImageSource | Extract<PlannedScanSource, { kind: 'later' }> | WrongSource | undefined {
  // Without a word on images, what lies in the workspace is an archive.
  const type = image === undefined ? known('local_archive' as const) : resolve(image.type, o)
  if (type === undefined) return undefined
  if (type.kind === 'deferred') return { kind: 'later', waits: type }
  if (type.value === 'harness') return { kind: 'unsupported', what: 'an image of the type harness', reason: 'artifacts of a Harness account are not here' }
  if (type.value === 'local_archive')
    return workspace === undefined ? { kind: 'missing', what: 'an archive is named by `target.workspace`' } : { kind: 'archive', path: workspace }
  const name = textOf(image?.name, o)
  if (image === undefined || name === undefined) return { kind: 'missing', what: `an image of the type ${type.value} is named by \`image.name\`` }
  const named = imageName(image, name, o)
  if (type.value === 'local_image') return { kind: 'stored', image: named }
  const login = loginOf(image, type.value === 'aws_ecr' ? 'aws' : 'password', o)
  return { kind: 'registry', image: named, ...(login !== undefined && { login }) }
}

function imageName(image: NonNullable<Spec['image']>, name: Planned<Text>, o: Resolving): PlannedImageName {
  const [domain, tag] = [textOf(image.domain ?? image.registry, o), textOf(image.tag, o)]
  return { ...(domain !== undefined && { domain }), name, ...(tag !== undefined && { tag }) }
}

function loginOf(image: NonNullable<Spec['image']>, kind: PlannedScanLogin['kind'], o: Resolving): PlannedScanLogin | undefined {
  const [id, token, region] = [textOf(image.access_id, o), textOf(image.access_token, o), textOf(image.region, o)]
  if (id === undefined && token === undefined) return undefined
  return { kind, ...(id !== undefined && { id }), ...(token !== undefined && { token: mapPlanned(token, hide) }), ...(region !== undefined && { region }) }
}

/** A token that is written out stands in no plan. */
function hide(text: Text): Text | Hidden {
  return typeof text === 'string' ? hidden(text) : text
}

function textOf(dynamic: Dynamic<Text> | undefined, o: Resolving): Planned<Text> | undefined {
  return dynamic === undefined ? undefined : resolve(dynamic, o)
}
