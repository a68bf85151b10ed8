/** `slipway schema`: the language as JSON Schema, for editors and other tools. */
import { configDocument } from '../../pipeline/config.ts'
import { connectorDocument } from '../../pipeline/connector.ts'
import { pipelineDocument } from '../../pipeline/pipeline.ts'
import { jsonSchema } from '../../yaml/shape/json-schema.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import type { World } from '../world.ts'

const documents = {
  pipeline: { shape: pipelineDocument, title: 'Slipway pipeline' },
  connector: { shape: connectorDocument, title: 'Slipway connector' },
  config: { shape: configDocument, title: 'Slipway configuration' },
} as const

export type SchemaName = keyof typeof documents
export const schemaNames = Object.keys(documents) as readonly SchemaName[]

export async function schemaCommand(name: SchemaName, world: World): Promise<ExitCode> {
  const { shape, title } = documents[name]
  await world.stdout.write(`${JSON.stringify(jsonSchema(shape, { title }), null, 2)}\n`)
  return exitCodes.done
}
