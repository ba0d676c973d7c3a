import Tensors

/// Test-time augmentation: the mean of a method's attributions of the input, brighter and darker, and of its mirror image.
///
///     M(x) = 1/6 Σ_{f ∈ {1−b, 1, 1+b}} m(f·x) + S⁻¹ m(f·S x)
///
/// `S` mirrors an image, `b` is the brightness; maps of mirror images are mirrored back. Every copy is explained for the
/// target that the session has on the input itself. It is what pytorch-grad-cam calls `aug_smooth` (Gildenblat, 2021),
/// which scales each map before; as there, brightness multiplies what the network receives. On the average over
/// augmentations see Shanmugam et al., ICCV 2021, arXiv:2011.11156.
public struct Augmented: AttributionMethod {
  public let method: any AttributionMethod
  /// The share by which copies are brighter and darker; with zero, only the mirror image is added.
  public var brightness: Float

  public init(_ method: any AttributionMethod, brightness: Float = 0.1) {
    self.method = method
    self.brightness = brightness
  }

  /// The input itself is explained in the session.
  public var parts: [any AttributionMethod] { [method] }

  public func cost(on model: (any ModelAdapter)?) -> Cost {
    method.cost(on: model) + method.cost(on: model).repeated(onInputs: 2 * factors.count - 1)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``; ``AttributionError/incompatibleGrids(_:_:)`` where the method's grid
  ///   depends on the input.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let x = session.input, mirrored = try session.grid.mirrored(x), count = 2 * factors.count
    var all: [Attribution] = []
    for (isMirrored, image) in [(false, x), (true, mirrored)] {
      for factor in factors {
        try session.report(passes: all.count, of: count)
        let isItself = !isMirrored && factor == 1
        let copy = try method.attribution(in: isItself ? session : session.repeated(on: factor * image))
        all.append(isMirrored ? try copy.mirrored() : copy)
        if let first = all.first, first.values.shape != copy.values.shape {
          throw AttributionError.incompatibleGrids(first.values.shape, copy.values.shape)
        }
      }
    }
    let mean = 1 / Float(count) * all.dropFirst().reduce(all[0].values) { $0 + $1.values }
    return Attribution(mean, at: all[0].layer, facts: .mean(of: all.map(\.facts), values: mean))
  }

  private var factors: [Float] { brightness == 0 ? [1] : [1, 1 - brightness, 1 + brightness] }
}

extension Attribution {
  /// The same of the mirror image.
  fileprivate func mirrored() throws -> Attribution {
    let planes = isMap ? [1] + values.shape : values.shape
    guard let grid = ImageGrid(planes) else { throw AttributionError.notAnImage(layer) }
    return Attribution(grid.mirrored(values), at: layer, facts: facts)
  }
}
