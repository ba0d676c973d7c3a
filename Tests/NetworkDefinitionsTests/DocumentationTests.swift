import Foundation
import NetworkDefinitions
import TestSupport
import Tensors
import Testing

/// The page on networks, whose example is a file of these tests.
@Suite struct DocumentationTests {
  private func text(_ path: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  @Test func `the page's example is the code that is compiled here`() throws {
    let example = try text("Tests/NetworkDefinitionsTests/OwnNetworkExample.swift")
    #expect(try text("Documentation/Networks-in-Swift.md").contains("```swift\n\(example)```"))
  }

  @Test func `the example explains an image`() throws {
    let file = try TemporaryFile(safetensors(NetworkDefinition.smallResnet.randomWeights(classes: 4)))
    let map = try explanation(of: .ramp([3, 32, 32]), weights: file.path)
    #expect(map.shape == [8, 8])
    #expect(Set(map.scalars).count > 8 && map.scalars.allSatisfy(\.isFinite))
  }

  @Test func `the page lists every network`() throws {
    let page = try text("Documentation/Networks-in-Swift.md")
    for network in NetworkDefinition.builtIn { #expect(page.contains("`\(network.name)`"), "\(network.name)") }
  }
}
