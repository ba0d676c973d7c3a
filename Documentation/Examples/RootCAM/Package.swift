// swift-tools-version: 6.2
import PackageDescription

/// A checkout of Limn, whose kit this package is built against: `LIMN_SOURCE`, or the one this example lies in.
let limn = Context.environment["LIMN_SOURCE"] ?? "../../.."
let kit: Target.Dependency = .product(name: "LimnKit", package: "LimnKit")
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "RootCAM",
  platforms: [.macOS(.v15)],
  products: [
    // The shared library that limn loads, and the module for programs that have it built in.
    .library(name: "RootCAM", type: .dynamic, targets: ["RootCAMEntry"]),
    .library(name: "RootCAMPlugin", targets: ["RootCAMPlugin"]),
  ],
  dependencies: [.package(path: limn + "/Sources/LimnKit")],
  targets: [
    .target(name: "RootCAMPlugin", dependencies: [kit], swiftSettings: settings),
    // The entry point is a target of its own, so that programs can use the method without it.
    .target(name: "RootCAMEntry", dependencies: ["RootCAMPlugin", kit], swiftSettings: settings),
    .testTarget(name: "RootCAMTests", dependencies: ["RootCAMPlugin", kit], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
