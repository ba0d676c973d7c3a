// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (Context.environment["LIMN_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

let package = Package(
  name: "LimnKit",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "LimnKit", type: .dynamic, targets: ["Tensors", "Masks", "AttributionKit", "CLimnPlugin"])
  ],
  targets: [
    .target(name: "CLimnPlugin", path: "CLimnPlugin"),
    .target(name: "Tensors", path: "Tensors", exclude: ["README.md"], swiftSettings: settings),
    .target(
      name: "Masks", dependencies: ["Tensors"], path: "Masks", exclude: ["README.md"], swiftSettings: settings),
    .target(
      name: "AttributionKit", dependencies: ["Tensors", "CLimnPlugin"], path: "AttributionKit", exclude: ["README.md"],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
