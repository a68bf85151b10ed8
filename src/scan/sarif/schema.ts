/** The door for SARIF 2.1.0: names only what is used. https://docs.oasis-open.org/sarif/sarif/v2.1.0/ */
import * as v from 'valibot'

const text = v.nullish(v.string())
const list = <const S extends v.GenericSchema>(item: S) => v.nullish(v.array(item), [])
const message = v.nullish(v.looseObject({ text, markdown: text }))
const properties = v.nullish(v.record(v.string(), v.unknown()))

const rule = v.looseObject({
  id: v.string(),
  name: text,
  shortDescription: message,
  fullDescription: message,
  helpUri: text,
  defaultConfiguration: v.nullish(v.looseObject({ level: text })),
  properties,
})

const location = v.looseObject({
  physicalLocation: v.nullish(v.looseObject({ artifactLocation: v.nullish(v.looseObject({ uri: text })) })),
  message,
})

const result = v.looseObject({
  ruleId: text,
  ruleIndex: v.nullish(v.number()),
  rule: v.nullish(v.looseObject({ id: text, index: v.nullish(v.number()) })),
  kind: text,
  level: text,
  message,
  locations: list(location),
  suppressions: list(v.looseObject({ status: text })),
  properties,
})

const component = v.looseObject({ name: v.nullish(v.string(), ''), version: text, semanticVersion: text, rules: list(rule) })

export const sarifLog = v.looseObject({
  version: v.string(),
  runs: v.array(v.looseObject({ tool: v.looseObject({ driver: component, extensions: list(component) }), results: list(result) })),
})

export type SarifLog = v.InferOutput<typeof sarifLog>
export type SarifRun = SarifLog['runs'][number]
export type SarifResult = v.InferOutput<typeof result>
export type SarifRule = v.InferOutput<typeof rule>
