import AttributionKit
package import Images
import Tensors

extension Explainer {
  /// A volume, a film or a signal, which must have the network's own shape.
  ///
  /// A batch of one, and a single channel, may be left out.
  func subject(_ picture: Picture, seenAs stack: StackedGrid) throws(ExplainingError) -> Subject {
    let volume = try picture.volume(), expected = stack.nativeShape
    var given = volume?.tensor
    if given == nil { given = try picture.array() }
    guard var array = given else {
      throw .data(
        "the network takes \(Wording.extent(expected)), which no photograph fills: give a .npy array of that shape"
          + (stack.kind == .volume ? " or a .nii volume" : "") + " instead of \(picture.name)")
    }
    var notes: [Note] = [], axes = [0, 1, 2]
    if volume != nil, array.shape.count >= 3, expected.count == 4 {
      let extents = Array(array.shape.suffix(3)), turned = Array(extents.reversed())
      let own = stack.axes.dropFirst().map { expected[$0] }
      if extents != own, turned == own {
        array = array.reversingLastAxes
        axes = [2, 1, 0]
        notes.append(Note("\(picture.name) is taken with its axes in the order k, j, i, as SimpleITK has them"))
      } else if extents == own {
        notes.append(
          Note(
            "\(picture.name) is taken with its axes in the order i, j, k, as nibabel has them, and its numbers as they are"
          ))
      }
    }
    let shape = array.shape
    let shapes = [expected, [1] + expected] + (stack.channels == 1 ? [expected.filterOut(stack.axes[0])] : [])
    let isTurned =
      !shapes.contains(shape) && shape.count == 4 && expected.count == 4
      && stack.channels == shape[3] && Array(shape.dropLast()) == stack.axes.dropFirst().map { expected[$0] }
      && stack.kind == .volume
    if isTurned { array = array.bringingLastForward }
    guard isTurned || shapes.contains(shape) else {
      throw .data(
        "\(picture.name) is \(Self.spelled(shape)) and the network takes \(Self.spelled(expected)): save it as a float32 "
          + "array of that shape")
    }
    try checkNumbers(of: array, named: picture.name)
    let input = stack.stacked(array.reshaped(expected))
    let photograph = Raster(showing: input, seenAs: stack, in: volume?.space, axes: axes)
    let geometry = try explaining {
      try Preprocessing(resize: .exact).geometry(
        originalWidth: photograph.width, originalHeight: photograph.height, height: input.shape[1],
        width: input.shape[2])
    }
    var subject = Subject(
      name: picture.name, photograph: photograph, input: input, geometry: geometry, preprocessing: nil)
    (subject.stack, subject.volume, subject.volumeAxes, subject.notes) = (stack, volume, axes, notes)
    subject.isTransposed = isTurned
    return subject
  }
}

extension Subject {
  /// The volume's place in the body for the network's order of axes; `nil` where it is not known.
  package var space: VolumeSpace? { volume.map { $0.space.ordered(by: volumeAxes) } }
}

extension VolumeSpace {
  /// The same space with its axes in another order.
  package func ordered(by axes: [Int]) -> VolumeSpace {
    VolumeSpace(directions: axes.map { directions[$0] }, spacing: axes.map { spacing[$0] })
  }
}

extension Raster {
  /// A volume, a film or a signal as one picture.
  fileprivate init(showing input: Tensor, seenAs stack: StackedGrid, in space: VolumeSpace?, axes: [Int]) {
    switch stack.kind {
    case .signal: self.init(plotting: input.reshaped([stack.channels, stack.width]))
    case .volume, .frames:
      let slices = VolumeSlices(stack, in: space?.ordered(by: axes))
      self = slices.picture(of: input, through: slices.middle)
    }
  }

  /// Signals `[channels, length]` as curves above each other, at most eight of them.
  private init(plotting signals: Tensor) {
    let (count, length) = (min(signals.shape[0], 8), signals.shape[1])
    let (width, lane) = (max(512, min(length, 1536)), count == 1 ? 256 : 96)
    self.init(width: width, height: lane * count, fill: (255, 255, 255))
    for channel in 0..<count {
      let values = signals.scalars[(channel * length)..<((channel + 1) * length)]
      let (least, greatest) = (values.min() ?? 0, values.max() ?? 0)
      let scale = greatest > least ? Float(lane - 24) / (greatest - least) : 0
      func row(_ x: Int) -> Int {
        let position = (Float(x) + 0.5) / Float(width) * Float(length) - 0.5
        let first = min(max(Int(position.rounded(.down)), 0), length - 1), second = min(first + 1, length - 1)
        let share = min(max(position - Float(first), 0), 1), start = values.startIndex
        let value = values[start + first] * (1 - share) + values[start + second] * share
        return channel * lane + lane - 12 - Int(((value - least) * scale).rounded())
      }
      var before = row(0)
      for x in 0..<width {
        let here = row(x)
        for y in min(before, here)...max(before, here) {
          for thickness in 0...1 where y + thickness < height {
            for sample in 0..<3 { samples[3 * ((y + thickness) * width + x) + sample] = 24 }
          }
        }
        before = here
      }
    }
  }
}

extension Tensor {
  /// The last three axes in the opposite order.
  fileprivate var reversingLastAxes: Tensor {
    let (a, b, c) = (shape[shape.count - 3], shape[shape.count - 2], shape[shape.count - 1])
    var moved = scalars
    for channel in 0..<(scalars.count / (a * b * c)) {
      let start = channel * a * b * c
      for i in 0..<a {
        for j in 0..<b { for k in 0..<c { moved[start + (k * b + j) * a + i] = scalars[start + (i * b + j) * c + k] } }
      }
    }
    return Tensor(moved, shape: shape.dropLast(3) + [c, b, a])
  }

  /// The last axis in front of the others.
  fileprivate var bringingLastForward: Tensor {
    let channels = shape[shape.count - 1], count = scalars.count / channels
    let moved = (0..<channels).flatMap { c in (0..<count).map { scalars[$0 * channels + c] } }
    return Tensor(moved, shape: [channels] + shape.dropLast())
  }
}

extension [Int] {
  /// All but the one at a place.
  fileprivate func filterOut(_ place: Int) -> [Int] { enumerated().filter { $0.offset != place }.map(\.element) }
}
