/** The configuration file (`.slipway/config.yaml`): registry hosts, connectors, feature flags, preferences. */
import { list, mapOf } from '../yaml/shape/collections.ts'
import { anyOf } from '../yaml/shape/combine.ts'
import { optional, required } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import type { ShapeType } from '../yaml/shape/shape.ts'
import { choice, text } from '../yaml/shape/text.ts'
import { flag } from '../yaml/shape/values.ts'
import { connectorDocument } from './connector.ts'

const host = record(
  {
    match: required(text({ nonEmpty: true, doc: 'Registry host, exact or with *: docker.io, *.dkr.ecr.*.amazonaws.com.' })),
    endpoint: optional(text({ nonEmpty: true, doc: 'Where its requests go: a URL, perhaps with a path, or embedded:NAME.' })),
    plainHttp: optional(flag()),
    skipVerify: optional(flag()),
    ca: optional(text({ doc: 'File with the certificate authority, PEM.' })),
    clientCert: optional(text({ doc: 'File with a certificate to show to the host, PEM; needs clientKey.' })),
    clientKey: optional(text({ doc: 'File with the key of clientCert, PEM.' })),
    mirrors: optional(list(text({ nonEmpty: true }), { doc: 'URLs to look for images first when pulling, in this order.' })),
    mirrorsOnly: optional(flag({ doc: 'Pull from the mirrors or not at all.' })),
  },
  { name: 'HostRule', doc: 'Sends a registry host somewhere else: a mirror, a test registry.' },
)

export const configDocument = record(
  {
    hosts: optional(list(host)),
    connectors: optional(list(anyOf({ map: connectorDocument, scalar: text({ doc: 'A folder of connector files.' }) }))),
    flags: optional(mapOf(flag()), new Map()),
    engine: optional(choice(['embedded', 'buildx', 'kaniko'])),
    store: optional(text()),
  },
  { name: 'Configuration', doc: 'Settings of Slipway beside a pipeline, or in the data folder.' },
)

export type Config = ShapeType<typeof configDocument>
export type HostSetting = ShapeType<typeof host>
