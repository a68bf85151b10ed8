/** The registries of Google: Artifact Registry (`europe-docker.pkg.dev`) and Container Registry (`gcr.io`, `eu.gcr.io`). */

export function isGoogleHost(registry: string): boolean {
  return registry === 'gcr.io' || registry.endsWith('.gcr.io') || registry.endsWith('.pkg.dev')
}
