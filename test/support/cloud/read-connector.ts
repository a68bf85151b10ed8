/** A connector from one line of YAML, with secrets in a map. */
import { type CloudIdentity, connectorIdentity, isCloud } from '../../../src/adapters/registry-auth/cloud/cloud-identity.ts'
import type { CloudWorld } from '../../../src/adapters/registry-auth/cloud/cloud-world.ts'
import type { LoginSettings } from '../../../src/image-job/login.ts'
import { type Connector, connectorDocument } from '../../../src/pipeline/connector.ts'
import { sourceFile } from '../../../src/text/source-file.ts'
import { parseYaml } from '../../../src/yaml/parse.ts'

/** `type: Aws, spec: {…}` */
export function readConnector(body: string, identifier = 'cloud'): Connector {
  const [root] = parseYaml(sourceFile('connector.yaml', `connector: {identifier: ${identifier}, name: n, ${body}}\n`)).documents
  const read = root === undefined ? undefined : connectorDocument.read(root, (d) => void (d.severity === 'error' && fail(d.message)), '')
  return read?.connector ?? fail(body)
}

export function readIdentity(
  body: string,
  o: { readonly world: CloudWorld; readonly settings?: LoginSettings; readonly secrets?: Readonly<Record<string, string>> },
): CloudIdentity {
  const connector = readConnector(body)
  if (!isCloud(connector)) return fail(`${connector.type} is no cloud`)
  return connectorIdentity(connector, o.settings ?? {}, async (name) => o.secrets?.[name] ?? fail(`no secret ${name}`), o.world)
}

function fail(why: string): never {
  throw new Error(why)
}
