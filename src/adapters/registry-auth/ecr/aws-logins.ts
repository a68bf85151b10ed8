/** Logins for the registries of AWS. */
import type { Login, LoginSource } from '../login.ts'
import type { AwsAccess } from './aws-access.ts'
import { ecrHost } from './ecr-host.ts'

export function awsLogins(name: string, access: () => AwsAccess): LoginSource {
  return {
    name,
    async logins(target) {
      const host = ecrHost(target.registry)
      if (host === undefined) return []
      const aws = access()
      const login: Login = {
        prefix: { registry: target.registry, path: '' },
        from: `${name} (${aws.way.story})`,
        // Of several connectors the one whose role lives in the registry's account goes first.
        lastResort: host.kind === 'private' && aws.way.roles.some(({ arn }) => accountOf(arn) !== host.account),
        credentials: (w) => aws.login(host, w),
      }
      return [login]
    },
  }
}

function accountOf(arn: string): string | undefined {
  return arn.split(':')[4]
}
