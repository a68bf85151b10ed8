/** Who we are at a cloud: the connector's login with what the step's settings say on top. Made once, so that tokens are shared. */
import type { LoginSettings } from '../../../image-job/login.ts'
import { azureCloud } from '../azure/acr-host.ts'
import { azureAccess } from '../azure/azure-access.ts'
import { azureLogins } from '../azure/azure-logins.ts'
import { azureWay } from '../azure/azure-way.ts'
import type { ReadSecret } from '../connector-auth.ts'
import { type AwsAccess, awsAccess } from '../ecr/aws-access.ts'
import { awsLogins } from '../ecr/aws-logins.ts'
import { awsWay } from '../ecr/aws-way.ts'
import { googleAccess } from '../google/google-access.ts'
import { googleLogins } from '../google/google-logins.ts'
import { googleWay } from '../google/google-way.ts'
import type { LoginSource } from '../login.ts'
import type { CloudWorld, Owner, Waiting } from './cloud-world.ts'
import { type CloudConnector, type ConnectorFields, connectorFields } from './connector-fields.ts'

export type CloudName = CloudConnector['type']

export interface CloudIdentity {
  readonly cloud: CloudName
  readonly logins: LoginSource
  /** Of AWS only, where repositories need care. */
  readonly aws?: () => AwsAccess
  /** Proves who we are as far as that goes without a registry; says how, in words. */
  check(w: Waiting): Promise<string>
}

export interface CloudGiven extends Owner {
  readonly connector?: ConnectorFields
  readonly settings: LoginSettings
}

type Make = (given: CloudGiven, world: CloudWorld) => CloudIdentity

const clouds: Readonly<Record<CloudName, Make>> = {
  Aws: (given, world) => {
    const access = once(() => awsAccess(awsWay(given, world), world))
    return {
      cloud: 'Aws',
      logins: awsLogins(given.from, access),
      aws: access,
      async check(w) {
        const region = given.connector?.text('region') ?? 'us-east-1'
        await access().login({ kind: 'private', account: '', region, fips: false }, w)
        return `AWS gives a login for ECR in ${region} to ${access().way.story}`
      },
    }
  },
  Gcp: (given, world) => {
    const access = once(() => googleAccess(googleWay(given, world), world))
    return {
      cloud: 'Gcp',
      logins: googleLogins(given.from, access),
      async check(w) {
        await access().login(w)
        return `Google gives a token to ${access().way.story}`
      },
    }
  },
  Azure: (given, world) => {
    const access = once(() => azureAccess(azureWay(given, world), world))
    return {
      cloud: 'Azure',
      logins: azureLogins(given.from, access),
      async check(w) {
        const government = given.connector?.environment === 'AZURE_US_GOVERNMENT'
        const cloud = azureCloud(government ? 'any.azurecr.us' : 'any.azurecr.io')
        if (cloud !== undefined) await access().signIn(cloud, w)
        return `Azure gives a token to ${access().way.story}`
      },
    }
  },
}

export function cloudIdentity(cloud: CloudName, given: CloudGiven, world: CloudWorld): CloudIdentity {
  return clouds[cloud](given, world)
}

export function isCloud(connector: { readonly type: string }): connector is CloudConnector {
  return Object.hasOwn(clouds, connector.type)
}

export function connectorIdentity(connector: CloudConnector, settings: LoginSettings, read: ReadSecret, world: CloudWorld): CloudIdentity {
  const fields = connectorFields(connector, read)
  return cloudIdentity(connector.type, { from: fields.from, ...(fields.at !== undefined && { at: fields.at }), connector: fields, settings }, world)
}

/** What is missing is told when a registry asks, not before. */
function once<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
