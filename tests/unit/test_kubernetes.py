"""The manifests of `deploy/kubernetes`: the API's own schemas accept them, and they agree with each other,
with the image and with the app. No cluster has run them."""

import re

import kubernetes_validate
import pytest
import yaml
from streamlit.web.server.starlette.starlette_routes import ROUTE_HEALTH

from etl.paths import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
FILES = sorted(file for file in FOLDER.glob("*.yaml") if file.name != "kustomization.yaml")
MANIFESTS = {file.name: yaml.safe_load(file.read_text("utf-8")) for file in FILES}
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))
DEPLOYMENT, SERVICE = MANIFESTS["deployment.yaml"]["spec"], MANIFESTS["service.yaml"]["spec"]
POD = DEPLOYMENT["template"]["spec"]
(CONTAINER,) = POD["containers"]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
# The first version that knows `sleep` before the stop, and the newest known here.
VERSIONS = ("1.30", kubernetes_validate.latest_version())


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", MANIFESTS)
def test_the_schemas_of_the_api_accept_every_manifest(name, version):
    kubernetes_validate.validate(MANIFESTS[name], version, strict=True)


def test_a_misspelt_field_would_not_be_accepted():
    wrong = MANIFESTS["service.yaml"] | {"spec": SERVICE | {"selektor": {}}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_every_file_is_applied():
    assert sorted(KUSTOMIZATION["resources"]) == [file.name for file in FILES]
    (image,) = KUSTOMIZATION["images"]
    assert image["name"] == CONTAINER["image"] and image["newTag"] not in ("", "latest")
    assert KUSTOMIZATION["namespace"] == MANIFESTS["namespace.yaml"]["metadata"]["name"]


def test_ports_and_labels_and_names_agree():
    labels = DEPLOYMENT["template"]["metadata"]["labels"]
    assert labels and labels == DEPLOYMENT["selector"]["matchLabels"] == SERVICE["selector"]
    for name in ("disruption.yaml", "network.yaml"):
        spec = MANIFESTS[name]["spec"]
        assert (spec.get("selector") or spec["podSelector"])["matchLabels"] == labels
    (port,) = CONTAINER["ports"]
    assert f"EXPOSE {port['containerPort']}\n" in DOCKERFILE
    assert re.search(r"port = (\d+)", (ROOT / ".streamlit" / "config.toml").read_text())[1] == str(
        port["containerPort"]
    )
    (offered,) = SERVICE["ports"]
    assert offered["targetPort"] == port["name"]
    (rule,) = MANIFESTS["ingress.yaml"]["spec"]["rules"]
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert backend == {
        "name": MANIFESTS["service.yaml"]["metadata"]["name"],
        "port": {"name": offered["name"]},
    }
    assert rule["host"] in MANIFESTS["ingress.yaml"]["spec"]["tls"][0]["hosts"]
    target = MANIFESTS["autoscaler.yaml"]["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) == (
        "Deployment",
        MANIFESTS["deployment.yaml"]["metadata"]["name"],
    )


def test_what_the_probes_ask_is_answered_by_the_app():
    for probe, path in (("startupProbe", "/readyz"), ("readinessProbe", "/readyz")):
        assert CONTAINER[probe]["httpGet"]["path"] == path
        assert f'Route("{path}"' in (ROOT / "app.py").read_text("utf-8")
    assert CONTAINER["livenessProbe"]["httpGet"]["path"] == f"/{ROUTE_HEALTH}"
    ports = {CONTAINER[f"{kind}Probe"]["httpGet"]["port"] for kind in ("startup", "readiness", "liveness")}
    assert ports == {CONTAINER["ports"][0]["name"]}


def test_sessions_are_drained_before_a_replica_ends():
    rolling = DEPLOYMENT["strategy"]["rollingUpdate"]
    assert rolling["maxUnavailable"] == 0 < rolling["maxSurge"]
    assert "replicas" not in DEPLOYMENT, "each apply would undo what the autoscaler chose"
    assert CONTAINER["lifecycle"]["preStop"]["sleep"]["seconds"] < POD["terminationGracePeriodSeconds"]
    assert (
        MANIFESTS["autoscaler.yaml"]["spec"]["minReplicas"]
        > MANIFESTS["disruption.yaml"]["spec"]["maxUnavailable"]
    )


def test_a_replica_may_do_nothing_but_answer():
    rights = POD["securityContext"] | CONTAINER["securityContext"]
    assert rights["runAsNonRoot"] and rights["readOnlyRootFilesystem"]
    assert not rights["allowPrivilegeEscalation"] and not POD["automountServiceAccountToken"]
    assert rights["capabilities"] == {"drop": ["ALL"]}
    assert rights["seccompProfile"] == {"type": "RuntimeDefault"}
    assert f"USER {rights['runAsUser']}:{rights['runAsGroup']}\n" in DOCKERFILE
    assert [volume for volume in POD["volumes"] if "emptyDir" not in volume] == []
    assert (
        {"cpu", "memory"} == set(CONTAINER["resources"]["requests"]) == set(CONTAINER["resources"]["limits"])
    )
    network = MANIFESTS["network.yaml"]["spec"]
    assert network["egress"] == [] and "Egress" in network["policyTypes"]


def test_a_visitor_stays_with_their_replica_as_behind_the_nginx_of_ones_own():
    cookie = re.search(r"\$cookie_(\w+)", (ROOT / "deploy" / "nginx.conf").read_text())[1]
    on_service = MANIFESTS["service.yaml"]["metadata"]["annotations"]
    on_ingress = MANIFESTS["ingress.yaml"]["metadata"]["annotations"]
    assert on_service["traefik.ingress.kubernetes.io/service.sticky.cookie.name"] == cookie
    assert on_ingress["nginx.ingress.kubernetes.io/session-cookie-name"] == cookie
    assert int(on_ingress["nginx.ingress.kubernetes.io/proxy-read-timeout"]) >= 3600
