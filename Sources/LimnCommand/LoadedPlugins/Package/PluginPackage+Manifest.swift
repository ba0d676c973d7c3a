extension PluginPackage {
  var manifest: String {
    """
    // swift-tools-version: 6.2
    import PackageDescription

    /// The checkout of Limn that the plugin is built against; `limn plugin build` names the one of the limn that runs.
    let limn = Context.environment["LIMN_SOURCE"] ?? "\(checkout.escaped)"
    let kit: Target.Dependency = .product(name: "LimnKit", package: "LimnKit")

    let package = Package(
      name: "\(identifier)",
      platforms: [.macOS(.v15)],
      products: [
        // The shared library that limn loads.
        .library(name: "\(type)", type: .dynamic, targets: ["\(type)Entry"]),
        // The method, for programs that have it built in: `Limn.main(adding: [\(type).descriptor])`.
        .library(name: "\(type)Plugin", targets: ["\(type)Plugin"]),
      ],
      dependencies: [.package(path: limn + "/Sources/LimnKit")],
      targets: [
        .target(name: "\(type)Plugin", dependencies: [kit]),
        .target(name: "\(type)Entry", dependencies: [kit, "\(type)Plugin"]),
        .testTarget(name: "\(type)Tests", dependencies: [kit, "\(type)Plugin"]),
      ]
    )

    """
  }

  var readme: String {
    """
    # \(title)

    A method for [Limn](\(checkout)): replace this line by what it shows.

    ```sh
    swift test                                        # the method, on a network small enough to work out by hand
    limn plugin build                                 # prints where the library is
    limn plugin install                               # builds it and makes it known to every run
    limn methods \(identifier)
    limn compare photo.jpg --model net.onnx --methods grad-cam,\(identifier)
    ```

    * `\(methodFile)`: the method. Its doc comment holds the equation, its code looks like it.
    * `Sources/\(type)Entry/Entry.swift`: what limn calls when it has loaded the library.
    * `Tests/\(type)Tests`: the equation, worked out by hand.

    A plugin is bound to the release of Limn and to the compiler that it was built with: build it again after either
    has changed. `LIMN_SOURCE` names the checkout of Limn, where that is not \(checkout).

    """
  }
}

extension String {
  /// As it stands between quotes in Swift.
  fileprivate var escaped: String { replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") }
}
