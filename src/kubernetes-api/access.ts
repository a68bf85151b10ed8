/** Which cluster, and as whom: all that a connection needs to know. */

export interface ClusterAccess {
  /** For messages: the context or the connector it comes from. */
  readonly name: string
  /** `https://10.0.0.1:6443`, perhaps with a path. */
  readonly server: string
  /** Where nothing else is said. */
  readonly namespace: string
  readonly tls: ClusterTls
  /** Asked before each request: tokens run out. */
  headers(): Promise<Readonly<Record<string, string>>>
}

/** PEM texts. */
export interface ClusterTls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly skipVerify?: boolean
  readonly serverName?: string
}
