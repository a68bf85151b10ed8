/** The daemons of a small Kubernetes cluster, started by one shell in namespaces of their own: what they mount and start ends with it. */

export interface ClusterPlaces {
  /** Everything that they write. */
  readonly folder: string
  /** kube-apiserver and its like. */
  readonly programs: string
  readonly ports: { readonly api: number; readonly etcd: number; readonly peer: number; readonly kubelet: number; readonly kubeletHealth: number }
  /** Of the pods: the first three numbers. */
  readonly subnet: string
  readonly bridge: string
}

export const adminToken = 'the-token-of-the-administrator'
/** Of somebody without any right. */
export const strangersToken = 'the-token-of-a-stranger'
const pause = 'slipway.test/pause:1'

export function clusterFiles({ folder, ports, subnet, bridge }: ClusterPlaces): Readonly<Record<string, string>> {
  return {
    'tokens.csv': `${adminToken},admin,1,system:masters\n${strangersToken},stranger,2\n`,
    'kubeconfig.yaml': kubeconfig(`https://127.0.0.1:${ports.api}`, adminToken),
    'containerd.toml': `version = 2
root = "${folder}/containerd"
state = "/run/slipway-containerd"
oom_score = 0
[grpc]
  address = "/run/slipway-containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pause}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${folder}/cni"
`,
    'cni/10-pods.conflist': JSON.stringify({
      cniVersion: '0.4.0',
      name: bridge,
      plugins: [
        {
          type: 'bridge',
          bridge,
          isGateway: true,
          ipMasq: false,
          hairpinMode: true,
          ipam: { type: 'host-local', dataDir: `${folder}/cni-addresses`, ranges: [[{ subnet: `${subnet}.0/24` }]], routes: [{ dst: '0.0.0.0/0' }] },
        },
      ],
    }),
    'start.sh': script(folder, ports),
  }
}

export function kubeconfig(server: string, token: string, namespace = 'default'): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace } }],
    clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'test', user: { token } }],
  })
}

function script(folder: string, ports: ClusterPlaces['ports']): string {
  return `set -eu
cd ${folder}
PATH=$PATH:/usr/sbin:/sbin
mkdir -p log/pods etcd kubelet plugins certs
mount -t tmpfs none /run
mkdir -p /run/netns
mount --bind log /var/log
log() { name=$1; shift; "$@" > "${folder}/$name.log" 2>&1 & }
log etcd etcd --data-dir etcd --listen-client-urls http://127.0.0.1:${ports.etcd} --advertise-client-urls http://127.0.0.1:${ports.etcd} --listen-peer-urls http://127.0.0.1:${ports.peer} --initial-advertise-peer-urls http://127.0.0.1:${ports.peer} --initial-cluster default=http://127.0.0.1:${ports.peer} --unsafe-no-fsync
log containerd containerd -c containerd.toml
api() {
  log kube-apiserver "$PROGRAMS/kube-apiserver" --etcd-servers=http://127.0.0.1:${ports.etcd} --secure-port=${ports.api} --bind-address=127.0.0.1 --cert-dir=certs --token-auth-file=tokens.csv --authorization-mode=RBAC --service-account-key-file=sa.key --service-account-signing-key-file=sa.key --service-account-issuer=https://kubernetes.default.svc --service-cluster-ip-range=10.217.0.0/24 --allow-privileged=true --kubelet-preferred-address-types=Hostname --enable-admission-plugins=ResourceQuota
}
api
echo $! > apiserver.pid
until curl -sk -H 'Authorization: Bearer ${adminToken}' https://127.0.0.1:${ports.api}/readyz | grep -q '^ok'; do sleep 0.2; done
log kube-controller-manager "$PROGRAMS/kube-controller-manager" --kubeconfig=kubeconfig.yaml --service-account-private-key-file=sa.key --root-ca-file=certs/apiserver.crt --controllers=serviceaccount,serviceaccount-token,namespace,nodelifecycle,resourcequota,podgc,persistentvolume-binder --port=0 --secure-port=0 --leader-elect=false
log kube-scheduler "$PROGRAMS/kube-scheduler" --kubeconfig=kubeconfig.yaml --leader-elect=false --port=0 --secure-port=0
until ctr -a /run/slipway-containerd.sock version > /dev/null 2>&1; do sleep 0.2; done
for image in images/*.tar; do ctr -a /run/slipway-containerd.sock -n k8s.io images import "$image" >> import.log 2>&1; done
log kubelet "$PROGRAMS/kubelet" --kubeconfig=kubeconfig.yaml --container-runtime=remote --container-runtime-endpoint=unix:///run/slipway-containerd.sock --image-service-endpoint=unix:///run/slipway-containerd.sock --fail-swap-on=false --cgroup-driver=cgroupfs --root-dir=${folder}/kubelet --cert-dir=${folder}/certs --volume-plugin-dir=${folder}/plugins --hostname-override=localhost --address=127.0.0.1 --port=${ports.kubelet} --read-only-port=0 --healthz-port=${ports.kubeletHealth} --anonymous-auth=true --authorization-mode=AlwaysAllow --authentication-token-webhook=false --serialize-image-pulls=false --image-pull-progress-deadline=30s --eviction-hard= --resolv-conf=/etc/resolv.conf --max-pods=200 --sync-frequency=10s
touch started
trap 'kill $(jobs -p) 2>/dev/null; exit 0' TERM
while :; do
  if [ -e restart-api ]; then rm restart-api; kill -9 $(cat apiserver.pid); sleep "$(cat api-away 2>/dev/null || echo 1)"; api; echo $! > apiserver.pid; fi
  sleep 0.3
done
`
}
