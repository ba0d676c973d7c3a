// swift-tools-version: 6.2
import PackageDescription

/// Plugins that the tests load: a good one, and one for each thing that can be wrong with the others.
let limn = Context.environment["LIMN_SOURCE"] ?? "../../.."
let names = ["Good", "Throws", "Fails", "NoEntry", "NoStamp", "Taken", "Twice", "Traps", "Ends", "Clumsy"]

let package = Package(
  name: "Plugins",
  platforms: [.macOS(.v15)],
  products: names.map { .library(name: $0, type: .dynamic, targets: [$0]) },
  dependencies: [.package(path: limn + "/Sources/LimnKit")],
  targets: names.map { .target(name: $0, dependencies: [.product(name: "LimnKit", package: "LimnKit")]) },
  swiftLanguageModes: [.v6]
)
