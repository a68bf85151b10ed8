/** The registries of AWS by their names: `123456789012.dkr.ecr.eu-west-1.amazonaws.com` and `public.ecr.aws`. */

export type EcrHost =
  | { readonly kind: 'private'; readonly account: string; readonly region: string; readonly fips: boolean }
  /** All of it is served from one region. */
  | { readonly kind: 'public'; readonly region: 'us-east-1' }

const privateHost =
  /^(\d{12})\.dkr[.-]ecr(-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.(?:com|com\.cn|eu)|on\.(?:aws|amazonwebservices\.com\.cn)|[a-z0-9.-]*(?:c2s|sc2s)[a-z0-9.]*)$/

export function ecrHost(registry: string): EcrHost | undefined {
  if (registry === 'public.ecr.aws') return { kind: 'public', region: 'us-east-1' }
  const [, account, fips, region] = privateHost.exec(registry) ?? []
  return account === undefined || region === undefined ? undefined : { kind: 'private', account, region, fips: fips !== undefined }
}
