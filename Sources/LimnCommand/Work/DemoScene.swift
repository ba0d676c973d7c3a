import DemoNetwork
import Explaining
import Foundation

extension ShowcaseScene {
  /// The scene of this name, unless a file goes by it.
  init?(named name: String) {
    guard !FileManager.default.fileExists(atPath: name),
      let scene = DemoNetwork.scenes.first(where: { $0.name == name })
    else { return nil }
    self = scene
  }

  /// What is shown to the demo network.
  var picture: Picture { Picture(named: name) { drawn().raster } }
}
