/** An image as `inspect` tells it: manifest, configuration, layers, sizes and history, as data and for people. */
import { humanBytes } from '../../base/human.ts'
import type { Digest } from '../../oci/digest.ts'
import type { ImageConfig, Manifest } from '../../oci/manifest.ts'
import { showPlatform } from '../../oci/platform.ts'
import type { Image, Index } from '../../oci/views.ts'
import { weigh } from '../../oci/weigh.ts'

export type Described =
  | {
      readonly kind: 'index'
      readonly digest: Digest
      readonly mediaType: string
      readonly children: readonly { readonly platform: string; readonly digest: Digest; readonly size: number }[]
    }
  | {
      readonly kind: 'image'
      readonly digest: Digest
      readonly mediaType: string
      readonly bytes: number
      readonly manifest: Manifest
      readonly config: ImageConfig
    }

export async function describeView(view: Image | Index): Promise<Described> {
  const digest = await view.digest()
  if (view.kind === 'index') {
    const { manifests } = await view.manifest()
    const children = manifests.map(({ platform, digest: child, size }) => ({
      platform: platform === undefined ? 'unknown' : showPlatform(platform),
      digest: child,
      size,
    }))
    return { kind: 'index', digest, mediaType: view.mediaType, children }
  }
  const [manifest, config, { bytes }] = await Promise.all([view.manifest(), view.config(), weigh(view)])
  return { kind: 'image', digest, mediaType: view.mediaType, bytes, manifest, config }
}

export function viewText(name: string, d: Described): string {
  const head = [name, `  digest     ${d.digest}`, `  type       ${d.mediaType}`]
  return `${[...head, ...(d.kind === 'index' ? indexLines(d.children) : imageLines(d))].join('\n')}\n`
}

function indexLines(children: Extract<Described, { kind: 'index' }>['children']): readonly string[] {
  return ['  platforms', ...children.map((child) => `    ${child.platform.padEnd(20)} ${child.digest}`), '  (one platform: --platform OS/ARCH)']
}

function imageLines({ manifest, config, bytes }: Extract<Described, { kind: 'image' }>): readonly string[] {
  const run = config.config ?? {}
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['platform', `${config.os}/${config.architecture}${config.variant === undefined ? '' : `/${config.variant}`}`],
    ['created', config.created],
    ['size', `${humanBytes(bytes)} compressed`],
    ['entrypoint', run.Entrypoint?.join(' ')],
    ['command', run.Cmd?.join(' ')],
    ['user', run.User || undefined],
    ['directory', run.WorkingDir || undefined],
    ['ports', keys(run.ExposedPorts)],
    ['volumes', keys(run.Volumes)],
  ]
  const layers = manifest.layers.map((layer, i) => `    ${String(i + 1).padStart(2)}  ${layer.digest}  ${humanBytes(layer.size).padStart(8)}`)
  const labels = Object.entries(run.Labels ?? {}).map(([name, value]) => `    ${name}=${value}`)
  const history = (config.history ?? []).map((entry) => `    ${entry.empty_layer === true ? ' ' : '+'} ${entry.created_by ?? entry.comment ?? ''}`)
  return [
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(10)} ${value}`])),
    ...section(
      'environment',
      (run.Env ?? []).map((line) => `    ${line}`),
    ),
    ...section('labels', labels),
    ...section('layers', layers),
    ...section('history (+ makes a layer)', history),
  ]
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines]
}

function keys(record: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const names = Object.keys(record ?? {})
  return names.length === 0 ? undefined : names.join(', ')
}
