// swift-tools-version: 6.2
import PackageDescription

/// One entry per attribution method: its folder in `Plugins/`, and the methods it composes.
let methods: [(name: String, composing: [String])] = [
  // Class activation maps.
  ("CAM", []),
  ("GradCAM", []),
  ("GradCAMPlusPlus", []),
  ("HiResCAM", []),
  ("LayerCAM", []),
  ("XGradCAM", []),
  ("ElementWiseCAM", []),
  ("EigenCAM", []),
  ("EigenGradCAM", []),
  ("SegEigenCAM", []),
  ("KPCACAM", []),
  ("FEM", []),
  ("FinerCAM", ["GradCAM"]),
  ("RefineCAM", ["GradCAMPlusPlus"]),
  ("RelevanceCAM", []),
  ("FullGrad", []),
  ("ShapleyCAM", []),
  ("LIFTCAM", []),
  ("ReciproCAM", []),
  ("AblationCAM", []),
  ("GroupCAM", ["GradCAM"]),
  ("ScoreCAM", []),
  ("SSCAM", ["ScoreCAM"]),
  ("ISCAM", ["ScoreCAM"]),
  ("PolyCAM", ["ScoreCAM"]),
  ("OptiCAM", []),
  // Gradients.
  ("GuidedGradCAM", ["GradCAM", "GuidedBackpropagation"]),
  ("GuidedBackpropagation", []),
  ("DeconvNet", []),
  ("Gradient", []),
  ("InputXGradient", []),
  ("IntegratedGradients", []),
  ("BlurIG", []),
  ("GuidedIG", []),
  ("ExpectedGradients", []),
  ("Conductance", []),
  ("DeepLift", []),
  ("DeepShap", ["DeepLift"]),
  ("XRAI", ["IntegratedGradients"]),
  ("ExtremalPerturbation", []),
  // Relevance propagation.
  ("LRP", []),
  ("AttnLRP", []),
  ("CPLRP", ["AttnLRP"]),
  ("ExcitationBackprop", []),
  ("ReLUBetaSmooth", []),
  // Perturbation.
  ("Occlusion", []),
  ("SBSM", ["Occlusion"]),
  ("RISE", []),
  ("DRISE", []),
  ("MFPP", []),
  ("LIME", []),
  ("KernelSHAP", []),
  ("Anchors", []),
  ("Sobol", []),
  ("HSIC", []),
  // Transformers.
  ("Attention", []),
  ("AttentionRollout", []),
  ("GenericAttention", []),
  ("TransformerAttribution", []),
  ("LeGrad", []),
  ("BiAttn", []),
  // Controls.
  ("Random", []),
  ("Sobel", []),
  ("Center", []),
]

/// The families of metrics: a module each in `Sources/Metrics`, in it a folder for each metric, and the families it composes.
let metricFamilies: [(name: String, composing: [String])] = [
  ("Faithfulness", []),
  ("Robustness", []),
  ("Complexity", ["Faithfulness"]),
  ("Localization", []),
  ("Axioms", []),
  ("Sanity", []),
]

let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (Context.environment["LIMN_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// What method authors see: a nested package, so that the command and run-time plugins share one dynamic library.
let kit: Target.Dependency = .product(name: "LimnKit", package: "LimnKit")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
/// Reads YAML, and with it JSON and Python literals.
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")

/// The module of a method: `GradCAMMethod` for `GradCAM`.
func module(_ method: String) -> Target.Dependency { .init(stringLiteral: method + "Method") }

/// The module of a family of metrics: `AxiomsMetrics` for `Axioms`.
func metrics(_ family: String) -> Target.Dependency { .init(stringLiteral: family + "Metrics") }

/// The module of an example of a plugin, which is loaded at run time.
func example(_ name: String) -> Target.Dependency { .init(stringLiteral: name + "Plugin") }

func library(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(name)", exclude: exclude, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)Tests",
    swiftSettings: settings)
}

let systemLibraries: [Target] = [
  .systemLibrary(
    name: "LibPNG", path: "Sources/CPNG/System", pkgConfig: "libpng",
    providers: [.apt(["libpng-dev"]), .brew(["libpng"])]
  ),
  .systemLibrary(
    name: "LibJPEG", path: "Sources/CJPEG/System", pkgConfig: "libjpeg",
    providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
  .systemLibrary(
    name: "CCairo", path: "Sources/CCairo", pkgConfig: "cairo",
    providers: [.apt(["libcairo2-dev", "libpango1.0-dev"]), .brew(["cairo", "pango"])]),
  .systemLibrary(
    name: "CHDF5", path: "Sources/CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
  .systemLibrary(
    name: "CZip", path: "Sources/CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"]), .brew(["libzip"])]),
]

let shims: [Target] = [
  .target(name: "COneDNN", path: "Sources/COneDNN", exclude: ["README.md"], linkerSettings: [.linkedLibrary("dnnl")]),
  .target(
    name: "CPNG", dependencies: ["LibPNG"], path: "Sources/CPNG", exclude: ["System", "README.md"],
    linkerSettings: [.linkedLibrary("z")]),
  .target(name: "CJPEG", dependencies: ["LibJPEG"], path: "Sources/CJPEG", exclude: ["System", "README.md"]),
  .target(
    name: "CPango", path: "Sources/CPango", exclude: ["README.md"],
    linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
  .target(
    name: "COnnxRuntime", path: "Sources/COnnxRuntime", exclude: ["README.md"],
    linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
  .target(
    name: "CPictures", path: "Sources/CPictures", exclude: ["README.md"],
    linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
  .target(name: "CDemoNetwork", path: "Sources/DemoNetwork/Embedded"),
  .target(name: "CReportPage", path: "Sources/Reporting/Page/Embedded", exclude: ["Parts"]),
  .target(
    name: "CServePage", dependencies: ["CReportPage"], path: "Sources/Serving/Page/Embedded", exclude: ["Parts"]),
]

let methodModules: [Target] = methods.map { method in
  .target(
    name: method.name + "Method", dependencies: [kit] + method.composing.map(module), path: "Plugins/\(method.name)",
    swiftSettings: settings)
}

let metricModules: [Target] = metricFamilies.map { family in
  .target(
    name: family.name + "Metrics", dependencies: [kit] + family.composing.map(metrics),
    path: "Sources/Metrics/\(family.name)", swiftSettings: settings)
}

let house: [Target] = [
  library("Kernels", ["COneDNN", kit], exclude: ["README.md"]),
  library("GraphEngine", ["Kernels", kit], exclude: ["README.md"]),
  library("FileKinds", [], exclude: ["README.md"]),
  library("Tokenizers", [], exclude: ["README.md"]),
  library(
    "ONNXImport", ["GraphEngine", "Kernels", "FileKinds", kit, protobuf], exclude: ["Schema/onnx.proto", "README.md"]),
  library("NetworkDefinitions", ["GraphEngine", "Kernels", kit], exclude: ["README.md"]),
  library("Archives", ["CZip"], exclude: ["README.md"]),
  library("KerasImport", ["GraphEngine", "Kernels", "CHDF5", "CZip", "Archives"], exclude: ["README.md"]),
  library("TorchExportImport", ["GraphEngine", "Kernels", "Archives", "NetworkDefinitions"], exclude: ["README.md"]),
  library("GraphAdapter", ["GraphEngine", "Kernels", kit], exclude: ["README.md"]),
  library(
    "Exporting", ["GraphAdapter", "GraphEngine", "ONNXImport", "Kernels", kit, protobuf], exclude: ["README.md"]),
  library("Runtimes", ["COnnxRuntime", "Exporting", "GraphAdapter", kit], exclude: ["README.md"]),
  library("Images", ["CPNG", "CJPEG", "CPictures", "CZip", "FileKinds", kit], exclude: ["README.md"]),
  library("Rendering", ["CCairo", "CPango", "Images", kit], exclude: ["README.md"]),
  library("MethodCatalog", [kit] + methods.map { module($0.name) }, exclude: ["README.md"]),
  library(
    "MetricCatalog", [kit] + metricFamilies.map { metrics($0.name) }, exclude: ["README.md"]),
  library("DemoNetwork", ["CDemoNetwork", "Images", kit], exclude: ["Embedded", "Training", "README.md"]),
  library(
    "Formats",
    [
      kit, "Kernels", "GraphEngine", "ONNXImport", "KerasImport", "TorchExportImport", "NetworkDefinitions",
      "GraphAdapter",
      "DemoNetwork",
      "FileKinds", "Tokenizers", yams,
    ], exclude: ["README.md"]),
  library(
    "Explaining",
    [
      kit, "MethodCatalog", "MetricCatalog", module("Gradient"), module("AttentionRollout"), "FileKinds", "Formats",
      "Images",
      "Rendering",
    ],
    exclude: ["README.md"]),
  library("Evaluating", [kit, "MetricCatalog", "Explaining", "Images"], exclude: ["README.md"]),
  library(
    "Benchmarking",
    [kit, "Explaining", "Images", "DemoNetwork", "Kernels", "GraphEngine", "GraphAdapter"], exclude: ["README.md"]),
  library(
    "Reporting", [kit, "Explaining", "Evaluating", "Formats", "Images", "Rendering", "CZip", "CReportPage"],
    exclude: ["Page/Embedded", "README.md"]),
  library(
    "Datasets", [kit, "Explaining", "Evaluating", "Reporting", "Rendering", "Images", "CZip"], exclude: ["README.md"]),
  library(
    "Serving", [kit, "Explaining", "Evaluating", "Reporting", "Images", "CServePage"],
    exclude: ["Page/Embedded", "README.md"]),
  library(
    "Limn",
    [kit, "MethodCatalog", "MetricCatalog", "Formats", "Explaining", "Evaluating", "Images", "Rendering", "Reporting"],
    exclude: ["README.md"]),
  library(
    "LimnCommand",
    [
      kit, argumentParser, "Explaining", "Evaluating", "Benchmarking", "Exporting", "Runtimes", "Reporting", "Datasets",
      "Serving", "Images",
      "Rendering",
      "GraphAdapter",
      "NetworkDefinitions",
      "DemoNetwork",
      "Kernels",
    ], exclude: ["README.md"]),
  // Not called after its product, from which the library's name differs by a capital only.
  .executableTarget(name: "LimnMain", dependencies: ["LimnCommand"], path: "Sources/LimnMain", swiftSettings: settings),
  .executableTarget(
    name: "OwnProgram", dependencies: ["LimnCommand", kit], path: "Tests/OwnProgram", swiftSettings: settings),
  .executableTarget(
    name: "LibraryExample", dependencies: ["Limn"], path: "Tests/LibraryExample", swiftSettings: settings),
  .executableTarget(
    name: "Benchmarks", dependencies: [kit, "MethodCatalog", "GraphAdapter", "GraphEngine", "ONNXImport", "Kernels"],
    path: "Tests/Benchmarks", exclude: ["datasets.py", "growth.py", "metrics.py", "peers.py"], swiftSettings: settings),
]

let testing: [Target] = [
  .target(name: "TestSupport", dependencies: [kit], path: "Tests/Support", swiftSettings: settings),
  .target(
    name: "ONNXFiles", dependencies: [kit, "ONNXImport", protobuf, "TestSupport"], path: "Tests/ONNXFiles",
    swiftSettings: settings),
  tests("Tensors", [kit]),
  tests("Masks", [kit]),
  tests("AttributionKit", [kit]),
  tests("Kernels", [kit, "Kernels"]),
  tests("GraphEngine", [kit, "Kernels", "GraphEngine", "ONNXImport", "Exporting", protobuf]),
  tests("ONNXImport", [kit, "Kernels", "GraphEngine", "ONNXImport", "FileKinds", "Images", protobuf]),
  tests(
    "NetworkDefinitions",
    [kit, "Kernels", "GraphEngine", "ONNXImport", "NetworkDefinitions", "GraphAdapter", "GradCAMMethod"]),
  tests("KerasImport", [kit, "Kernels", "GraphEngine", "KerasImport", "Formats", "Images", "CHDF5", "CZip"]),
  tests("TorchExportImport", [kit, "Kernels", "GraphEngine", "TorchExportImport", "CZip"]),
  tests("GraphAdapter", [kit, "Kernels", "GraphEngine", "GraphAdapter"]),
  tests(
    "Exporting",
    [kit, "Kernels", "GraphEngine", "ONNXImport", "ONNXFiles", "GraphAdapter", "Exporting", protobuf]
      + [
        "GradCAM", "XGradCAM", "GuidedBackpropagation", "LRP", "IntegratedGradients", "ScoreCAM", "SSCAM", "ISCAM",
        "Attention",
        "AttentionRollout", "BiAttn", "GenericAttention", "LeGrad", "TransformerAttribution",
      ].map(module)),
  tests(
    "Runtimes",
    [kit, "Exporting", "GraphAdapter", "GraphEngine", "Kernels", "ONNXFiles", "ONNXImport", "Runtimes"]
      + ["GradCAM", "GuidedBackpropagation", "EigenCAM"].map(module)),
  tests("FileKinds", ["FileKinds"]),
  tests("Tokenizers", ["Tokenizers"]),
  tests("Images", [kit, "Images"]),
  tests("Rendering", [kit, "Images", "Rendering"]),
  tests("Method", [kit, "MethodCatalog", "GraphAdapter", "GraphEngine", "Kernels"] + methods.map { module($0.name) }),
  tests("Metric", [kit] + metricFamilies.map { metrics($0.name) }),
  tests("DemoNetwork", ["DemoNetwork", "Images"]),
  tests("Architecture", ["MethodCatalog", "MetricCatalog", kit]),
  tests("Documentation", ["LimnMain", "LimnCommand", "Limn", kit, example("RootCAM"), example("Darknet"), "Images"]),
  tests("Reference", [kit, "Kernels", "GraphEngine", "ONNXImport", "GraphAdapter", "MethodCatalog", "Images"]),
  tests(
    "Command",
    [
      "LimnMain", "OwnProgram", "Images", "Kernels", "NetworkDefinitions", "GraphAdapter", "ONNXImport", "ONNXFiles",
      "MethodCatalog", "Runtimes", kit, protobuf,
    ]),
  tests("Formats", [kit, "Formats", "DemoNetwork", "NetworkDefinitions", "ONNXFiles", "Kernels", "Images"]),
  tests("Explaining", [kit, "Explaining", "DemoNetwork", "Images", "Rendering"]),
  tests(
    "Benchmarking",
    [kit, "MethodCatalog", "Explaining", "Evaluating", "Benchmarking", "GraphAdapter", "GraphEngine", "Kernels"]),
  tests("Evaluating", [kit, "MethodCatalog", "Explaining", "Evaluating", "Images"]),
  tests("Reporting", [kit, "Explaining", "Evaluating", "Reporting", "Images", "Rendering"]),
  tests("Datasets", [kit, "MethodCatalog", "Explaining", "Evaluating", "Reporting", "Datasets", "Images"]),
  tests("Serving", [kit, "Explaining", "Reporting", "Images", "DemoNetwork", "Serving"]),
  tests("Limn", ["LibraryExample", "Limn", "ONNXFiles"]),
]

/// The examples of plugins, packages of their own in `Documentation/Examples`, built and tested with the rest.
let examples: [Target] = ["RootCAM", "Darknet", "Extras"].flatMap { name -> [Target] in
  let folder = "Documentation/Examples/\(name)"
  return [
    .target(
      name: name + "Plugin", dependencies: [kit], path: "\(folder)/Sources/\(name)Plugin", swiftSettings: settings),
    .testTarget(
      name: name + "Tests", dependencies: [kit, example(name)], path: "\(folder)/Tests/\(name)Tests",
      swiftSettings: settings),
  ]
}

let package = Package(
  name: "limn",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "limn", targets: ["LimnMain"]),
    .library(name: "LimnCommand", targets: ["LimnCommand"]),
    .library(name: "Limn", targets: ["Limn"]),
    .library(
      name: "LimnEngine",
      targets: [
        "GraphEngine", "GraphAdapter", "NetworkDefinitions", "ONNXImport", "KerasImport", "TorchExportImport",
      ]),
  ],
  dependencies: [
    .package(path: "Sources/LimnKit"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.29.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
  ],
  targets: systemLibraries + shims + house + methodModules + metricModules + examples + testing,
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu2x,
  cxxLanguageStandard: .cxx17
)
