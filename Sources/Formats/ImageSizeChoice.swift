import AttributionKit

/// The size of the images of a network whose file may leave it open.
struct ImageSizeChoice: Sendable {
  /// The height and width; `nil` where the file decides.
  let extent: (height: Int, width: Int)?
  /// What was assumed.
  let notes: [Note]

  /// What the request says, or else the size of its first array, or else what is usual.
  ///
  /// - Parameters:
  ///   - request: what is settled; its array has the graph's own shape, channels first.
  ///   - isOpen: whether the file leaves a size open that nothing else settles.
  ///   - side: the height and width to assume; `nil` where the network knows better.
  init(_ request: ModelRequest, isOpen: Bool, assuming side: Int? = 224) {
    if request.imageSize != nil || !isOpen {
      (extent, notes) = (request.imageSize, [])
    } else if let shape = request.arrayShape, shape.count == 3, shape.allSatisfy({ $0 > 0 }) {
      let isLast = ImageGrid(shape)?.isChannelsLast ?? false
      (extent, notes) = (isLast ? (shape[0], shape[1]) : (shape[1], shape[2]), [])
    } else if let side {
      extent = (side, side)
      notes = [
        Note("the network leaves the size of its input open: assuming \(side) × \(side)", about: .imageSize)
      ]
    } else {
      (extent, notes) = (nil, [])
    }
  }
}
