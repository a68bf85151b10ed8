/** The `spec` of the five Build and Push steps. Its fields are the settings table's; here they are only kept, expressions unresolved. */
import { diagnose } from '../../base/diagnostic.ts'
import { dynMap } from '../../dynamic/shapes.ts'
import { type DynamicTree, dynTree } from '../../dynamic/tree.ts'
import { specSchema } from '../../settings/json-schema.ts'
import type { StepType } from '../../settings/vocabulary.ts'
import type { YamlMap } from '../../yaml/node.ts'
import { wrongKind } from '../../yaml/shape/collections.ts'
import { optional } from '../../yaml/shape/field.ts'
import { record } from '../../yaml/shape/record.ts'
import { keyPath, type Report, type Shape } from '../../yaml/shape/shape.ts'
import { containerFields, resources, runAsUser } from '../container.ts'

export interface ImageSpec {
  readonly kind: 'image-spec'
  readonly fields: ReadonlyMap<string, DynamicTree>
}

const field = dynTree()

/** The settings table has no rows for these: they mean the same in every other step. Read here for what is wrong with them. */
const container = record({ resources: containerFields.resources, runAsUser: containerFields.runAsUser, envVariables: optional(dynMap()) })
const containerKeys = Object.keys(container.fields)

function readContainer(node: YamlMap, report: Report, path: string): object | undefined {
  return container.read({ ...node, entries: node.entries.filter(({ key }) => containerKeys.includes(key)) }, report, path)
}

export function imageSpec(type: StepType): Shape<ImageSpec> {
  return {
    doc: 'Builds an image, pushes it, or both.',
    read(node, report, path) {
      if (node.kind !== 'map') return wrongKind(node, report, path, `a map (the settings of ${type})`)
      const fields = new Map<string, DynamicTree>()
      for (const { key, value } of node.entries) {
        const tree = field.read(value, report, keyPath(path, key))
        if (tree === undefined) continue
        // 012345678901 without quotes is a number to every other YAML reader, and loses its zero there.
        if (key === 'account' && value.kind === 'scalar' && value.plain && typeof value.value !== 'string' && value.value !== null) {
          report(diagnose('SETTINGS_NUMBER_FOR_TEXT', { what: key, value: value.source }, { at: value.at }))
        }
        fields.set(key, tree)
      }
      const sound = readContainer(node, report, path) !== undefined
      return sound && fields.size === node.entries.length ? { kind: 'image-spec', fields } : undefined
    },
    schema(context) {
      return context.define(`${type}Spec`, () => {
        const { properties, required, anyOf } = specSchema(type)
        const around = {
          connectorRef: {},
          connectorRefs: {},
          registryRef: {},
          baseImageConnectorRefs: {},
          envVariables: { type: 'object' },
          resources: resources.schema(context),
          runAsUser: runAsUser.schema(context),
        }
        return { type: 'object', properties: { ...around, ...properties }, required, ...(anyOf.length > 0 && { anyOf }), additionalProperties: false }
      })
    },
  }
}
