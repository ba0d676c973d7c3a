import GraphEngine
import Kernels
import Testing

/// Where every operator says its scalars stand, against where they come from.
@Suite struct PlaceFlowTests {
  @Test(arguments: OperatorSample.all) func `places go where the scalars go`(sample: OperatorSample) throws {
    let shape = try sample.shape(), flow = sample.op.placeFlow(of: sample.shapes)
    switch flow {
    case .reshapes, .permutes, .picks, .picksScalars, .joins, .repeats: try expectMoved(sample, flow, shape)
    case .elementwise: try expectElementwise(sample, shape)
    case .window(let kernel, let mixesChannels): try expectWindow(sample, kernel, mixesChannels, shape)
    case .mixes(let axes): try expectMixed(sample, axes, shape)
    case .multiplies: try expectProduct(sample, flow, shape)
    case .scatters: break
    }
  }

  /// Every scalar of the inputs has a number and a region of its own: both must have gone the same way.
  private func expectMoved(_ sample: OperatorSample, _ flow: PlaceFlow, _ shape: [Int]) throws {
    var next = 1
    let numbered = sample.inputs.map { input in
      defer { next += input.count }
      return NDArray((0..<input.count).map { Float(next + $0) }, shape: input.shape)
    }
    let maps = numbered.map { RegionMap(extents: $0.shape, regions: $0.scalars.map(region)) }
    let moved = flow.regions(of: maps, shapes: sample.shapes, to: shape)
    let regions = moved.spread(over: shape, strides: moved.strides)
    let scalars = try sample.op.forward(numbered).scalars
    #expect(regions.count == scalars.count)
    for (region, scalar) in zip(regions, scalars) where region.isPlace { #expect(region == self.region(scalar)) }
    let places = regions.filter(\.isPlace).count
    #expect(places > 0)
    if case .picks = flow, sample.op is Pad { return }
    #expect(places == scalars.count { $0 != 0 }, "none but padding is without a place")
  }

  private func region(_ number: Float) -> Region { Region(top: number / 1000, left: 0, bottom: 1, right: 1) }

  /// The output has the shape that inputs broadcast to, and depends at each index on what meets there.
  private func expectElementwise(_ sample: OperatorSample, _ shape: [Int]) throws {
    #expect(shape == sample.inputs[0].shape || shape == broadcastShape(sample.shapes[0], sample.shapes[1]))
    let dependence = try sample.dependence()
    let own = NDArray((0..<sample.inputs[0].count).map(Float.init), shape: sample.inputs[0].shape)
    let meeting = try expanded(own, to: shape).scalars
    // Where others matter too, it is known by the influence which they are.
    let isAlone = sample.op.influence(of: sample.shapes)[0] == .elementwise && !(sample.op is DynamicQuantization)
    for (output, sources) in dependence[0].enumerated() where isAlone && !sources.isEmpty {
      #expect(sources == [Int(meeting[output])])
    }
  }

  private func expectWindow(
    _ sample: OperatorSample, _ kernel: [Int], _ mixesChannels: Bool, _ shape: [Int]
  ) throws {
    let input = sample.shapes[0]
    for sources in try sample.dependence()[0] {
      let indices = sources.map { index(of: $0, in: input) }
      for (axis, extent) in kernel.enumerated() { #expect(Set(indices.map { $0[axis + 2] }).count <= extent) }
      if !mixesChannels { #expect(Set(indices.map { $0[1] }).count <= 1) }
    }
    if mixesChannels {
      #expect(try sample.dependence()[0].contains { Set($0.map { index(of: $0, in: input)[1] }).count > 1 })
    }
  }

  /// What a scalar of the output depends on has one index along all axes that are not mixed: its own.
  private func expectMixed(_ sample: OperatorSample, _ axes: [Int], _ shape: [Int]) throws {
    let input = sample.shapes[0], kept = input.indices.filter { !axes.contains($0) }
    for (output, sources) in try sample.dependence()[0].enumerated() {
      var own = index(of: output, in: shape)
      own = own.count == input.count ? kept.map { own[$0] } : own
      for source in sources { #expect(kept.map { index(of: source, in: input)[$0] } == own) }
    }
  }

  /// A row's place comes first: the product has the places of the first factor's rows.
  private func expectProduct(_ sample: OperatorSample, _ flow: PlaceFlow, _ shape: [Int]) throws {
    guard sample.shapes.prefix(2).allSatisfy({ $0.count >= 2 }),
      case .multiplies(let transposesFirst, _) = flow
    else { return }
    let input = sample.shapes[0], rows = input.count - (transposesFirst ? 1 : 2)
    for (output, sources) in try sample.dependence()[0].enumerated() {
      let own = index(of: output, in: shape)[shape.count - 2]
      #expect(Set(sources.map { index(of: $0, in: input)[rows] }) == [own])
    }
  }

  private func index(of place: Int, in shape: [Int]) -> [Int] {
    var rest = place
    let reversed = shape.reversed().map { extent in
      defer { rest /= extent }
      return rest % extent
    }
    return reversed.reversed()
  }
}
