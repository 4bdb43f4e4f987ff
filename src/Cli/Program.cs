using Engine.Cli;

return await EngineProgram.RunAsync(args);
