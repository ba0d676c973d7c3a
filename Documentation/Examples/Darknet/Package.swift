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
  name: "Darknet",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Darknet", targets: ["Darknet"]),
    .library(name: "DarknetPlugin", type: .dynamic, targets: ["DarknetEntry"]),
  ],
  dependencies: [.package(path: limn + "/Sources/LimnKit")],
  targets: [
    .target(name: "Darknet", dependencies: [kit], swiftSettings: settings),
    // The entry point is a target of its own, so that programs can use the adapter without it.
    .target(name: "DarknetEntry", dependencies: ["Darknet", kit], swiftSettings: settings),
    .testTarget(name: "DarknetTests", dependencies: ["Darknet", kit], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
