/** Findings for machines: plain JSON, SARIF for code hosts, workflow commands for CI logs. */

import { codes } from '../base/codes.ts'
import type { Diagnostic, Severity } from '../base/diagnostic.ts'

export interface FileFindings {
  readonly file: string
  readonly diagnostics: readonly Diagnostic[]
}

export const machineFormats = { json: asJson, sarif: asSarif, github: asGithub } as const
export type MachineFormat = keyof typeof machineFormats

function asJson(findings: readonly FileFindings[]): string {
  return `${JSON.stringify(findings, null, 2)}\n`
}

const sarifLevels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' }

function asSarif(findings: readonly FileFindings[]): string {
  const all = findings.flatMap(({ file, diagnostics }) => diagnostics.map((d) => ({ file, d })))
  const used = [...new Set(all.map(({ d }) => d.code))].sort()
  const rules = used.map((code) => ({ id: code, shortDescription: { text: codes[code].message }, fullDescription: { text: codes[code].explain } }))
  const results = all.map(({ file, d }) => ({
    ruleId: d.code,
    ruleIndex: used.indexOf(d.code),
    level: sarifLevels[d.severity],
    message: { text: d.hint === undefined ? d.message : `${d.message} (${d.hint})` },
    locations: [{ physicalLocation: { artifactLocation: { uri: d.at?.file ?? file }, region: regionOf(d) } }],
  }))
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'slipway', rules } }, columnKind: 'utf16CodeUnits', results }],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

function regionOf({ at }: Diagnostic): object {
  return at === undefined ? { startLine: 1 } : { startLine: at.line, startColumn: at.col, endLine: at.endLine, endColumn: at.endCol }
}

const githubWords: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' }

function asGithub(findings: readonly FileFindings[]): string {
  return findings
    .flatMap(({ file, diagnostics }) =>
      diagnostics.map((d) => {
        const place = `file=${property(d.at?.file ?? file)}${d.at === undefined ? '' : `,line=${d.at.line},col=${d.at.col},endLine=${d.at.endLine},endColumn=${d.at.endCol}`}`
        return `::${githubWords[d.severity]} ${place},title=${d.code}::${data(d.hint === undefined ? d.message : `${d.message}\n${d.hint}`)}\n`
      }),
    )
    .join('')
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
