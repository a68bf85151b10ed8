/** A completed fragment as a pipeline that can run here: its placeholders for connectors become those of the fleet, each by the type of its step. */
import { parse } from 'yaml'

type Tree = Record<string, unknown>

export interface Completing {
  readonly without: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  /** Brings the code to stages that say they want none, and build from it. */
  readonly cloned: boolean
  /** `fail_on_severity` of its scans. */
  readonly gate?: string
}

const connectors: Readonly<Record<string, string>> = {
  BuildAndPushDockerRegistry: 'hub',
  BuildAndPushECR: 'aws',
  BuildAndPushGAR: 'gcp',
  BuildAndPushGCR: 'gcp',
  BuildAndPushACR: 'azure',
}

export function completed(text: string, { without, variables, cloned, gate }: Completing): string {
  const tree = parse(text, { uniqueKeys: false }) as { readonly pipeline: Tree }
  const change = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.filter((item) => !without.includes(typeOf(item))).map(change)
    if (typeof value !== 'object' || value === null) return value
    const changed = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cloned && key === 'cloneCodebase' ? true : change(item)]))
    const connector = connectors[String(changed['type'])]
    const spec = changed['spec'] as Tree | undefined
    if (changed['type'] === 'AquaTrivy' && gate !== undefined) return { ...changed, spec: { ...spec, advanced: { fail_on_severity: gate } } }
    return connector === undefined || spec === undefined ? changed : { ...changed, spec: { ...spec, connectorRef: own(connector, spec) } }
  }
  const named = Object.entries(variables).map(([name, value]) => ({ name, type: 'String', value }))
  return JSON.stringify({ pipeline: { ...(change(tree.pipeline) as Tree), ...(named.length > 0 && { variables: named }) } }, null, 1)
}

function own(connector: string, spec: Tree): string {
  return String(spec['repo']).startsWith('ghcr.io/') ? 'ghcr' : connector
}

function typeOf(item: unknown): string {
  const step = (item as { readonly step?: { readonly type?: string } } | null)?.step
  return step?.type ?? ''
}
