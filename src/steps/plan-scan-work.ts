/** An AquaTrivy step's settings to what it scans and how it judges. */
import { diagnose } from '../base/diagnostic.ts'
import { known, type Planned } from '../base/planned.ts'
import { showText, type Text } from '../base/secret-text.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import { resolveList, resolveMap } from '../dynamic/resolve-many.ts'
import type { StepOf } from '../pipeline/step.ts'
import type { GateLevel } from '../verdict/gate.ts'
import { planScanSource, type WrongSource } from './plan-scan-source.ts'
import type { PlannedScanSource, ScanWork } from './scan-work.ts'
import type { UnsupportedWork } from './work.ts'

type ScanStep = StepOf<'AquaTrivy'>
type Spec = ScanStep['spec']

export interface ScanSurroundings extends Resolving {
  readonly connectorKnown: (id: string) => 'missing' | 'unknown' | 'known'
}

export function planScanWork({ spec, at }: ScanStep, s: ScanSurroundings): { readonly work: ScanWork | UnsupportedWork; readonly does: string } {
  const source = planScanSource(spec, s)
  if (source === undefined || source.kind === 'missing' || source.kind === 'unsupported') {
    if (source?.kind === 'missing') s.report(diagnose('SCAN_SOURCE_MISSING', { what: source.what }, { at }))
    if (source?.kind === 'unsupported') s.report(diagnose('SCAN_SOURCE_UNSUPPORTED', { what: source.what, reason: source.reason }, { at }))
    return { work: { kind: 'unsupported', because: whyNot(source) }, does: 'scans nothing: its settings are wrong' }
  }
  const failOn = planned(spec.advanced?.fail_on_severity, s) ?? known<GateLevel>('none')
  const work: ScanWork = { kind: 'scan', source, ...namesOf(spec, s), failOn, ...wishesOf(spec, s), ...connectorsOf(spec, s, at) }
  return { work, does: `${verbOf(source)}${gateText(failOn)}` }
}

function whyNot(source: WrongSource | undefined): string {
  return source === undefined ? 'its settings are wrong' : source.what
}

function namesOf({ target }: Spec, s: Resolving): Pick<ScanWork, 'target' | 'variant'> {
  const [name, variant] = [planned(target.name, s), planned(target.variant, s)]
  const detection = planned(target.detection, s)
  // What is detected is not what somebody has written.
  if (detection?.kind === 'known' && detection.value === 'auto') return {}
  return { ...(name !== undefined && { target: name }), ...(variant !== undefined && { variant }) }
}

function wishesOf({ advanced, sbom, envVariables }: Spec, s: Resolving): Pick<ScanWork, 'arguments' | 'log' | 'includeRaw' | 'sbom' | 'env'> {
  const args = planned(advanced?.args?.cli, s) ?? planned(advanced?.args?.passthrough, s)
  const level = planned(advanced?.log?.level, s)
  const bill = planned(sbom?.generate, s)
  const wanted = bill?.kind === 'known' && bill.value
  return {
    ...(args !== undefined && { arguments: args }),
    log: level?.kind === 'known' ? level.value : 'info',
    includeRaw: planned(advanced?.include_raw, s) ?? known(false),
    ...(wanted && { sbom: planned(sbom?.format, s) ?? known('spdx-json') }),
    env: envVariables === undefined ? {} : resolveMap(envVariables, s),
  }
}

function connectorsOf({ connectorRef, baseImageConnectorRefs }: Spec, s: ScanSurroundings, at: ScanStep['at']): Pick<ScanWork, 'connector' | 'baseConnectors'> {
  const connector = planned(connectorRef, s)
  const more = baseImageConnectorRefs === undefined ? undefined : resolveList(baseImageConnectorRefs, s)
  for (const ref of [...(connector?.kind === 'known' ? [connector.value] : []), ...(more?.kind === 'known' ? more.value : [])]) {
    const found = typeof ref === 'string' ? s.connectorKnown(ref) : 'known'
    if (found === 'known') continue
    const severity = found === 'missing' ? 'error' : 'warning'
    s.report(diagnose('CONNECTOR_UNDEFINED', { connector: showText(ref) }, { at: connectorRef?.at ?? at, severity }))
  }
  return { ...(connector !== undefined && { connector }), ...(more !== undefined && { baseConnectors: more }) }
}

function planned<T>(dynamic: Dynamic<T> | undefined, s: Resolving): Planned<T> | undefined {
  return dynamic === undefined ? undefined : resolve(dynamic, s)
}

function verbOf(source: PlannedScanSource): string {
  switch (source.kind) {
    case 'results':
      return `reads the results in ${shown(source.path)}`
    case 'attached':
      return `takes the results kept with ${shown(source.image.name)}`
    case 'stored':
    case 'registry':
      return `scans ${shown(source.image.name)}`
    case 'archive':
    case 'folder':
    case 'sbom':
      return `scans ${shown(source.path)}`
    case 'later':
      return 'scans what is decided at run time'
  }
}

function gateText(failOn: Planned<GateLevel>): string {
  if (failOn.kind === 'deferred') return `, fails on ${failOn.source}`
  return failOn.value === 'none' ? '' : `, fails on ${failOn.value}${failOn.value === 'critical' ? '' : ' or worse'}`
}

function shown(text: Planned<Text>): string {
  return text.kind === 'known' ? showText(text.value) : text.source
}
