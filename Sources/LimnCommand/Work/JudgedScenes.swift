import AttributionKit
import DemoNetwork
import Evaluating
import Explaining
import Images

/// The scenes that the demo network is judged on: pairs of objects, of which it is known where each of them is.
enum JudgedScenes {
  private static let count = 12

  static let pictures: [Picture] = (0..<count).map { index in
    Picture(named: name(index)) { scene(index).raster }
  }

  /// Scenes of one object each.
  static let singles: [Picture] = (0..<count).map { index in
    Picture(named: name(index)) { Scene(pair: false, seed: 3_000 + UInt64(index), side: DemoNetwork.inputSide).raster }
  }

  static var marked: MarkedObjects {
    MarkedObjects(
      Dictionary(
        uniqueKeysWithValues: (0..<count).map { index in
          (name(index), scene(index).objects.map { object in MarkedObject(names: [object.kind.name], object.mask) })
        }))
  }

  private static func name(_ index: Int) -> String { "scene-\(index + 1)" }

  private static func scene(_ index: Int) -> Scene {
    Scene(pair: true, seed: 2_000 + UInt64(index), side: DemoNetwork.inputSide)
  }
}

extension Catalogue {
  /// The methods judged where none are named: those compared, and the controls, which any of them must beat.
  func judged(layer: String?, on model: any ModelAdapter) throws -> [MethodExpression] {
    let standard = try expressions(layer: layer, on: model)
    let controls = try expressions("controls", layer: layer, on: model)
    return standard + controls.filter { control in !standard.contains { $0.identifier == control.identifier } }
  }
}
