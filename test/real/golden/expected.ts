/** What the complete fragments of the sample documents do when they are run: what reaches which registry, which files are written, what is said. */

export interface Expected {
  /** References that end up in registries, in any order. */
  readonly pushed: readonly string[]
  /** Digests among them; one where nothing else is said. */
  readonly digests?: number
  readonly wrote?: readonly string[]
  /** Lines that must be there. */
  readonly says?: readonly string[]
  readonly dockerfile?: Dockerfile
  /** Runs it twice: the second run leaves what is there alone. */
  readonly again?: true
  /** The stage says it wants no code, and builds a Dockerfile all the same: it gets the code. */
  readonly cloned?: true
  /** Docker Hub is a registry whose certificate nobody knows. */
  readonly selfSigned?: true
  /** Steps left out, by type. */
  readonly without?: readonly string[]
  /** `fail_on_severity` of its scans. */
  readonly gate?: 'critical' | 'high'
  /** Where the engine buildx differs, and why it has to. */
  readonly buildx?: { readonly says: readonly string[]; readonly because: string }
}

export const dockerfiles = {
  plain: 'FROM base.example/busybox:1\nRUN echo built > /built\nCOPY code /code\n',
  dns: 'FROM base.example/busybox:1\nRUN cat /etc/resolv.conf\n',
  // Hashes of what the test hands over: the text of a RUN is in the history of its image.
  secrets: `FROM base.example/busybox:1
RUN --mount=type=secret,id=USERNAME --mount=type=secret,id=PASSWORD test "$(cat /run/secrets/USERNAME /run/secrets/PASSWORD | sha256sum)" = "80e2005e9acdd0385f32a6082945a1b46c3de1c05f823dd676b291c40195f56b  -"
RUN --mount=type=secret,id=docker_user2 --mount=type=secret,id=docker_pass2 test "$(cat /run/secrets/docker_user2 /run/secrets/docker_pass2 | sha256sum)" = "03911219ea047df3ca060f139e02a9584c2007cf54b263e8df8603c9a2f913a1  -"
RUN --mount=type=secret,id=docker_user3 test "$(cat /run/secrets/docker_user3 | sha256sum)" = "14fd36aa34c94c30062f637617253305f5ac9c4c22596702e3d6b32110d6a671  -"
`,
  flawed: 'FROM base.example/busybox:1\nCOPY flawed.json /app/node_modules/left/package.json\n',
  target: 'FROM base.example/busybox:1 AS dev-env\nARG foo\nRUN test "$foo" = bar\nFROM dev-env\nRUN false\n',
} as const
export type Dockerfile = keyof typeof dockerfiles

const ecr = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const once: Expected = { pushed: ['myorg/myapp:new-no-push-1', `${ecr}/myapp:new-no-push-1`] }
const scanned: Expected = { pushed: [`${ecr}/test-image:new-1`], wrote: ['/harness/image.tar'], says: ['0 flaws of /harness/image.tar'] }
const unnamed: Expected = { pushed: ['example/repo:new-nopush-1-build-x', `${ecr}/example-image:new-nopush-1-build-x`] }
const gar: Expected = {
  pushed: ['1.0', '1.2'].map((tag) => `us-docker.pkg.dev/gar-prod-setup/harness-public/some-gcp-project/some-image-name:${tag}`),
  wrote: ['/harness/harnesstarpath'],
  says: ['PLUGIN_GARBAGE'],
  dockerfile: 'target',
}
const dns: Expected = {
  pushed: ['example/added:a'],
  says: ['nameserver 10.0.0.53'],
  dockerfile: 'dns',
  buildx: {
    says: ['PLUGIN_CUSTOM_DNS has no effect with the engine buildx: name servers are those of its builder'],
    because: 'docker buildx build has no option for name servers: they are in the configuration of its builder, and the one of this machine is used as it is',
  },
}
const secret: Expected = {
  pushed: [
    /* its tag is the run's identifier */
  ],
  dockerfile: 'secrets',
}
const listed = { wrote: ['/harness/image_name.tar'], says: ['image_name.tar'] } as const
const self: Expected = { pushed: ['example/repo:a'], selfSigned: true }

export const expected: Readonly<Record<string, Expected>> = {
  's0-scan': scanned,
  's1-scan': scanned,
  's0-push-many-vm': once,
  's0-push-many-k8s': once,
  's1-push-many-vm': once,
  's1-push-many-k8s': once,
  's1-build-only-cloud': { pushed: [] },
  's1-build-only-k8s': { pushed: [] },
  's1-push-only-cloud': unnamed,
  's1-push-only-k8s': unnamed,
  's2-minimal': { pushed: ['ghcr.io/example/image:1'] },
  's2-skip-verify': self,
  's3-skip-verify': self,
  's2-gar-flags': gar,
  's3-gar-flags': gar,
  's2-stage-variable': dns,
  's3-stage-variable': dns,
  's2-secrets': secret,
  's3-secrets': secret,
  's2-tar-and-push': { pushed: ['dockerhub/image_name:linux-amd64'], ...listed },
  's3-tar-and-push': { pushed: ['dockerhub/image_name:linux-amd64'], ...listed },
  's2-tar-only': { pushed: [], ...listed },
  's3-tar-only': { pushed: [], ...listed },
  's3-minimal': { pushed: [`${ecr}/test-image:latest`] },
  's3-skip-if-exists': { pushed: [`${ecr}/example-image:a`], again: true },
  's4-minimal': { pushed: ['example/repo:1'] },
}
