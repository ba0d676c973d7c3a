import GraphEngine

/// Sizes that a network leaves open though its layers do not.
extension ONNXModel {
  /// Lowers the network, and tells a size that does not fit from a model that is malformed.
  func fitting(_ request: LoweringRequest) throws(ONNXError) -> Graph {
    do throws(ONNXError) {
      return try lowerGraph(request)
    } catch {
      guard let size = request.imageSize, leavesSizeOpen(request), let reason = error.misfit else { throw error }
      let other = Self.usualSides.first { side in
        var attempt = request
        attempt.imageSize = (side, side)
        return (side, side) != (size.height, size.width) && (try? lowerGraph(attempt)) != nil
      }
      // Of what no size mends, only shapes that do not meet are a matter of the size.
      if other == nil, !error.isMalformed { throw error }
      throw .unfitImageSize(height: size.height, width: size.width, reason: reason, fitting: other)
    }
  }

  private func leavesSizeOpen(_ request: LoweringRequest) -> Bool {
    request.dependencies.inputs.contains { input in
      guard let shape = input.shape, shape.count == 4, request.inputShapes[input.name] == nil else { return false }
      return shape.dropFirst().contains { if case .open = $0 { true } else { false } }
    }
  }

  /// The sides of images that networks are trained on.
  private static let usualSides = [
    224, 32, 28, 64, 48, 96, 112, 128, 160, 192, 227, 240, 256, 288, 299, 300, 320, 336, 384, 416, 448, 480, 512, 518,
    640, 800, 1024,
  ]
}

extension ONNXError {
  fileprivate var isMalformed: Bool { if case .malformedNode = self { true } else { false } }

  /// Where and why shapes do not meet, for errors that may be due to the size of the images.
  fileprivate var misfit: String? {
    switch self {
    case .malformedNode(let node, let reason), .unsupportedUse(let node, let reason): "\(node): \(reason)"
    default: nil
    }
  }
}
