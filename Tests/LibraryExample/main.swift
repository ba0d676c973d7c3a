import Limn

let explainer = try Explainer("resnet50.onnx")
let explained = try explainer.explain(
  "photo.jpg", targets: ["tabby", "tabby - tiger cat"], methods: "cam, grad-cam, gradient")
let sheet = try Sheet(of: explained)
try sheet.write(to: "sheet.pdf")
try sheet.write(to: "report.json")
